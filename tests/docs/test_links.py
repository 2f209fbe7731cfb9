"""Links between the pages of the repository lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPO

PAGES = [*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md"), REPO / "expectations" / "README.md"]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(#[^)]*)?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {"#" + re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPO).as_posix())
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        found = (page.parent / target).resolve()
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), target + anchor
