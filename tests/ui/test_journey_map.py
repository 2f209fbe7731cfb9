"""The journey map in a browser: lanes, the grid of touchpoints, what a cell says, and on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Shop
from tests.ui.conftest import watched
from tests.ui.reading import count, named_stage, named_touchpoint, published, see, share

Open = Callable[..., Page]
DESKTOP = {"width": 1440, "height": 900}
# A sheet of A4 less the margins that the page sets.
SHEET = {"width": 733, "height": 1062}
CELLS = "stage_model = 'digital' and period = 'overall'"


@pytest.fixture(scope="module")
def report(demo: Shop) -> Path:
    return demo.published / "report" / "index.html"


@pytest.fixture(scope="module")
def page(report: Path, browser: Browser) -> Iterator[Page]:
    with watched(browser) as open_page:
        yield open_page(report, viewport=DESKTOP)


@pytest.fixture
def map_shown(page: Page) -> Locator:
    section = page.locator("#journey_map")
    see(section)
    more = section.get_by_role("button", name="Show the other")
    if more.count():
        more.click()
    return section


def grid(section: Locator) -> dict[str, list[str]]:
    rows = section.locator(".touchpoints tr:has(td.touch)")
    return dict(
        rows.evaluate_all(
            "rows => rows.map(row => [row.cells[0].textContent,"
            " [...row.cells].slice(1).map(cell => cell.textContent)])"
        )
    )


def stages(section: Locator) -> list[str]:
    return section.locator("thead th").all_inner_texts()[1:]


@pytest.mark.parametrize(
    ("measure", "write"), [("touches", count), ("forward_rate_7d", share), ("drop_off_rate", share)]
)
def test_the_grid_shows_one_measure_of_every_touchpoint(
    demo: Shop, map_shown: Locator, measure: str, write: Callable[[float | None], str]
) -> None:
    map_shown.get_by_role("combobox", name="Shown").select_option(measure)
    more = map_shown.get_by_role("button", name="Show the other")
    more.click()
    rows = published(
        demo, f"select touchpoint, stage, {measure} from marts.journey_map where {CELLS}"
    )
    shown, order = grid(map_shown), stages(map_shown)
    assert len(rows) == sum(bool(cell) for cells in shown.values() for cell in cells) > 20
    for touchpoint, stage, value in rows:
        said = shown[named_touchpoint(touchpoint)][order.index(named_stage(stage))]
        assert said == write(value), (touchpoint, stage)


def test_a_cell_says_all_that_is_known_of_it(demo: Shop, map_shown: Locator) -> None:
    [(touches, goal)] = published(
        demo,
        "select touches, curated_goal from marts.journey_map"
        f" where {CELLS} and touchpoint = 'web:page_view' and stage = 'Awareness'",
    )
    row = map_shown.get_by_role("row", name="Page view", exact=False).first
    row.locator("td.touch button").first.focus()
    map_shown.page.keyboard.press("Enter")
    said = map_shown.locator(".detail")
    expect(said).to_contain_text("Page view in Awareness")
    expect(said).to_contain_text(f"Touches: {count(touches)}")
    expect(said).to_contain_text(f"Goal: {goal}")


def test_lanes_lead_with_stages_and_trifles_come_last(demo: Shop, map_shown: Locator) -> None:
    lanes = map_shown.locator(".lanes th[scope=row]").all_inner_texts()
    assert lanes[:2] == ["People", "Of the steps out"]
    assert {"Median stay", "Channels in", "Pain points", "Targets ✎"} <= set(lanes)
    named = published(
        demo,
        "select distinct stage, stage_position from marts.stage_names"
        " where is_default order by stage_position",
    )
    assert stages(map_shown)[: len(named)] == [stage for stage, _ in named]
    largest, *_ = published(
        demo,
        f"select touchpoint from marts.journey_map where {CELLS}"
        " group by 1 order by sum(touches) desc, 1 limit 1",
    )
    assert next(iter(grid(map_shown))) == named_touchpoint(largest[0])


def test_people_of_the_stages_are_those_of_the_snapshot(demo: Shop, map_shown: Locator) -> None:
    rows = published(
        demo,
        "select distinct stage_position, stage_people from marts.journey_map"
        f" where {CELLS} and stage_position is not null order by 1",
    )
    said = map_shown.locator("p.people").all_inner_texts()
    assert said[: len(rows)] == [count(people) for _, people in rows]


def test_few_answers_and_people_are_marked(demo: Shop, map_shown: Locator) -> None:
    map_shown.get_by_role("combobox", name="Shown").select_option("csat")
    [(few,)] = published(
        demo,
        f"select count(*) from marts.journey_map where {CELLS} and csat is not null"
        " and is_csat_small",
    )
    marked = map_shown.locator("td.touch.small button").all_inner_texts()
    assert sum(text != "\N{EN DASH}" for text in marked) == few > 0
    map_shown.get_by_role("combobox", name="Shown").select_option("touches")


def test_a_target_is_written_as_its_metric_is(map_shown: Locator) -> None:
    targets = map_shown.locator("tr:has(th:text('Targets')) p").all_inner_texts()
    assert any(text.endswith(" met") and "%, target" in text for text in targets)
    assert any(text.startswith("✗") and text.endswith(" missed") for text in targets)
    assert not any("nps:" in text for text in targets)


def test_the_map_fits_on_one_sheet(report: Path, opened: Open) -> None:
    page = opened(report, viewport=SHEET)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    section = page.locator("#journey_map")
    expect(section).to_have_attribute("data-drawn", "")
    assert section.bounding_box()["height"] <= SHEET["height"]
    assert section.evaluate("one => one.scrollWidth") <= SHEET["width"]
