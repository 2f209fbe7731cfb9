"""The tests lie like the tree that they test, as CONTRIBUTING says."""

import re

from tests.conftest import REPO

TESTS = REPO / "tests"
PARTS = {path.parent.name for path in (REPO / "journey").glob("*/__init__.py")}
BESIDE = {"orchestration", "demo", "deploy", "docs", "reference", "end_to_end", "recipes", "cases"}
BESIDE |= {"spark", "ui"}


def test_each_folder_of_tests_is_of_a_part_or_one_of_those_beside_them() -> None:
    folders = {path.parent.name for path in TESTS.glob("*/test_*.py")}
    assert folders <= PARTS | BESIDE
    assert folders >= BESIDE


def test_no_test_lies_outside_of_the_folders() -> None:
    assert list(TESTS.glob("test_*.py")) == []


def test_no_test_file_imports_from_another() -> None:
    """What several files need is a module beside them: a test file moves without asking others."""
    imported = [
        f"{path.relative_to(REPO)}: {line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"from (tests)?[\w.]*\.test_\w+ import|import tests[\w.]*\.test_", line)
    ]
    assert imported == []
