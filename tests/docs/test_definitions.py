"""`docs/definitions.md` is cited by headings that exist, and never by a number."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPO

PAGE = REPO / "docs/definitions.md"
FOLDERS = (
    "dbt_project",
    "demo",
    "docs",
    "expectations",
    "journey",
    "notebooks",
    "orchestration",
    "tests",
)
KINDS = {".md", ".py", ".sql", ".yml", ".toml", ".html", ".js", ".j2", ".csv"}
BUILT = {"target", "logs", "__pycache__", "dbt_packages"}
CITATION = re.compile(r'definitions\.md,?\s+"([^"]+)"')
BARE_NUMBER = re.compile(r"(?:\bsections?|\bsemantics(?:\.md)?,?|§)\s*\d|\bsemantics\.md", re.I)
# A citation may go on in the next line of a comment.
LINE_BREAK = re.compile(r"\n\s*(?:--|#|//)?\s*")


def texts() -> Iterator[tuple[Path, str]]:
    files = [file for folder in FOLDERS for file in (REPO / folder).rglob("*")]
    for file in [*files, *REPO.glob("*.md"), *REPO.glob("*.toml")]:
        is_built = BUILT & set(file.relative_to(REPO).parts)
        if file.suffix in KINDS and file.is_file() and not is_built:
            yield file, LINE_BREAK.sub(" ", file.read_text(encoding="utf-8"))


def headings() -> list[str]:
    return re.findall(r"^#{1,3} (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_heading_of_the_page_is_there_once() -> None:
    assert max(Counter(headings()).values()) == 1


def test_every_cited_heading_exists() -> None:
    cited = {(heading, file) for file, text in texts() for heading in CITATION.findall(text)}
    assert len(cited) > 10
    assert {heading for heading, _ in cited} <= set(headings()), cited


def test_no_definition_is_cited_by_its_number() -> None:
    found = {file: match[0] for file, text in texts() if (match := BARE_NUMBER.search(text))}
    assert not found


@pytest.mark.parametrize(
    "text", ["section" + " 9", "Sections" + " 4 to 8", "semantics" + " 11", "§" + "5"]
)
def test_a_number_is_found(text: str) -> None:
    assert BARE_NUMBER.search(f"As {text} has it.")
