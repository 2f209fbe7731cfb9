"""What `journey` exports: the guide's examples run, and an import costs nothing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import journey
from tests.conftest import REPO, Shop, copy_of

GUIDE = (REPO / "docs/guides/python.md").read_text(encoding="utf-8")
QUERYING, RUNNING, ERRORS = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def printed(code: str, shop: Shop) -> str:
    """What an example prints in the folder of a warehouse."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shop.home,
        env=shop.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def published(small: Shop, tmp_path: Path) -> Shop:
    """A warehouse with its settings beside its data, as the examples have it."""
    made = copy_of(small, tmp_path / "shop")
    shutil.copy(made.config, made.home)
    shutil.copytree(made.config.parent / "seeds", made.home / "seeds")
    return made


def test_the_example_of_a_query_reads_the_published_version(published: Shop) -> None:
    version, columns, *stages = printed(QUERYING, published).splitlines()
    assert version.split()[0] == (published.published / "current").resolve().name
    assert columns == "('stage', 'entered', 'conversion_rate')"
    assert len(stages) > 1


def test_the_example_of_a_run_says_what_came_of_it(published: Shop) -> None:
    assert printed(RUNNING, published) == "nothing new\n"


def test_the_example_of_a_mistake_gets_its_sentence(published: Shop) -> None:
    said = printed(ERRORS, published)
    assert "nowhere.toml" in said
    assert said.endswith(" 2\n")


def test_all_that_is_exported_is_there_and_named_by_the_guide() -> None:
    for name in journey.__all__:
        assert getattr(journey, name).__name__ == name
        assert f"`{name}`" in GUIDE
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = journey.nothing


def test_an_import_loads_nothing_else() -> None:
    code = "import sys, journey; print([m for m in sys.modules if m.startswith('journey.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
