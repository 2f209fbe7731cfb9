"""What every format of a tool must hold, for each file in the folder."""

import re
import tomllib

import pytest

from journey.core.settings import KINDS
from journey.ingest.formats import FORMATS_DIR, known_formats, read_format
from tests.conftest import REPO

TOOLS = [(kind, tool) for kind in KINDS for tool in known_formats(kind)[:-2]]
# Of a record in JSON any member may be missing; a table has all its columns.
RECORDS = [(kind, tool) for kind, tool in TOOLS if "json" in read_format(kind, tool).reads]


@pytest.mark.parametrize(("kind", "tool"), TOOLS)
def test_every_format_file_is_read_and_says_what_it_is(kind: str, tool: str) -> None:
    format = read_format(kind, tool)
    assert format.columns
    assert (FORMATS_DIR / kind / f"{tool}.sql").read_text().startswith("/*\n# ")
    wrong = set(format.required) - set(format.columns)
    assert not wrong


@pytest.mark.parametrize(("kind", "tool"), TOOLS)
def test_every_tool_has_a_page_that_shows_its_source(kind: str, tool: str) -> None:
    page = (REPO / "docs" / "guides" / "tools" / f"{tool}.md").read_text(encoding="utf-8")
    [settings] = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert (kind, tool) in [(s["kind"], s["format"]) for s in tomllib.loads(settings)["sources"]]
    assert re.findall("^## (.+)$", page, re.MULTILINE)[:2] == ["Export", "What becomes what"]


@pytest.mark.parametrize(("kind", "tool"), RECORDS)
def test_every_format_takes_records_that_give_nothing(warehouse, kind: str, tool: str) -> None:
    """Whatever a record lacks is nothing, never an error: it ends in quarantine by reason."""
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/a.jsonl", [{}, {"some_other": 1}])
    [result] = warehouse.load(kind).results
    assert result.status == "loaded", result.reason
    assert result.quarantined == result.delivered
    assert result.loaded == 0
