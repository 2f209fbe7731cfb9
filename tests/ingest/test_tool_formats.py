"""What every format of a tool must hold, for each file in the folder."""

import re
import tomllib

import pytest

from journey.core.settings import KINDS
from journey.ingest.formats import FORMATS_DIR, known_formats, read_format
from tests.conftest import REPO

TOOLS = [(kind, tool) for kind in KINDS for tool in known_formats(kind)[:-2]]


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
