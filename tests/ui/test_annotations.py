"""What a team says happened when stands on every axis of time of its report."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from journey.core.settings import Settings
from journey.pages import report
from tests.conftest import Shop
from tests.parsed_project import give_parsed_project

Open = Callable[..., Page]
ROWS = """date,label
2026-10-03,"Site <changed>, with a comma"
2026-11-01,Autumn campaign
2031-01-01,Not yet
1999-01-01,Long before
"""


@pytest.fixture(scope="module")
def annotated(demo: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's version with a report of a team that has annotations."""
    own = tmp_path_factory.mktemp("annotated")
    shutil.copytree(demo.published, own / "data" / "published", symlinks=True)
    (own / "journey.toml").write_text("")
    (own / "seeds").mkdir()
    (own / "seeds" / "annotations.csv").write_text(ROWS)
    give_parsed_project(own / "data", own)
    return report.rebuild(Settings.load(own / "journey.toml", own / "data"))


def test_days_are_marked_on_every_axis_of_time(annotated: Path, opened: Open) -> None:
    page = opened(annotated, viewport={"width": 1440, "height": 900})
    for name in ("satisfaction", "lifecycle"):
        section = page.locator(f"#{name}")
        section.scroll_into_view_if_needed()
        section.locator(".main-svg").first.wait_for()
        said = section.locator(".marked").inner_text()
        assert said == (
            "Marked: 3 Oct 2026, Site <changed>, with a comma; 1 Nov 2026, Autumn campaign."
        )
        expect(section.locator(".annotation-text")).to_have_count(2)
        assert section.locator(".shapelayer path").count() == 2
    glance = page.locator("#glance")
    sparks = glance.locator(".spark")
    assert glance.locator(".spark line").count() == 2 * sparks.count() > 0
    assert "Autumn campaign" in glance.locator(".marked").inner_text()


def test_a_mark_stands_in_the_week_of_its_day(annotated: Path, opened: Open) -> None:
    page = opened(annotated, viewport={"width": 1440, "height": 900})
    section = page.locator("#lifecycle")
    section.scroll_into_view_if_needed()
    section.locator(".main-svg").first.wait_for()
    weeks = page.evaluate(
        """() => {
            const { layout } = document.querySelector('#lifecycle .chart');
            return layout.shapes.map(({ x0 }) => layout.xaxis.categoryarray[x0]);
        }"""
    )
    assert weeks == ["2026-09-28", "2026-10-26"]


def test_without_annotations_nothing_is_marked(demo: Shop, opened: Open) -> None:
    page = opened(demo.published / "report" / "index.html")
    expect(page.locator("#glance")).to_have_attribute("data-drawn", "")
    assert page.locator("#glance .marked").is_hidden()
