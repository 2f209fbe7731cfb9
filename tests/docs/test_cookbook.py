"""Every mapping of the cookbook, loaded from its own file: what it says comes of it does."""

import csv
import re
import tomllib
from io import StringIO
from pathlib import Path

import pytest

from journey.core.settings import Source
from tests.conftest import REPO
from tests.ingest.conftest import Warehouse

PAGE = (REPO / "docs/guides/cookbook.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_there_are_ten() -> None:
    assert len(RECIPES) == 10


@pytest.mark.parametrize("title", RECIPES)
def test_a_mapping_gives_the_rows_that_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "a key for tests, long enough to be one")
    (_, sample), (_, settings), (_, becomes) = BLOCK.findall(RECIPES[title])
    [source] = [Source(**given) for given in tomllib.loads(settings)["sources"]]
    warehouse = Warehouse(tmp_path / "data", [source])
    warehouse.deliver(source.path.removeprefix("landing/"), sample)
    [result] = warehouse.load(source.kind).results
    assert result.status == "loaded", result.reason
    assert not result.quarantined, result.examples
    columns, *rows = csv.reader(StringIO(becomes))
    given = ", ".join(f"coalesce({column}::varchar, '')" for column in columns)
    assert [list(row) for row in warehouse.rows(source.kind, given)] == sorted(rows)
