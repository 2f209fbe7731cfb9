"""A choice on the report holds for all its sections and stands in its address."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Shop

Open = Callable[..., Page]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 800}
ROUNDING = 2


@pytest.fixture(scope="module")
def report(demo: Shop) -> Path:
    return demo.published / "report" / "index.html"


def choices(page: Page, label: str) -> Locator:
    return page.locator(".choices").get_by_role("combobox", name=label)


def go_on(page: Page, name: str) -> None:
    page.locator(f"nav.index a[href='#{name}']").click()
    expect(page.locator(f"#{name}")).to_have_attribute("data-drawn", "")


def rows(section: Locator) -> list[str]:
    if section.locator("> details").get_attribute("open") is None:
        section.locator("> details > summary").click()
    found = section.locator(".data tbody tr")
    expect(found).not_to_have_count(0)
    return found.all_inner_texts()


def distance_to_bar(page: Page, name: str) -> float:
    """How far below the page's bar a heading stands, in pixels."""
    bar = page.locator(".choices").bounding_box()
    heading = page.locator(f"#{name}-title").bounding_box()
    return heading["y"] - bar["y"] - bar["height"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_every_link_of_the_index_leads_to_its_heading(
    report: Path, opened: Open, viewport: dict[str, int]
) -> None:
    """Pictures that are drawn late, above or below, move no heading that was asked for."""
    page = opened(report, viewport=viewport)
    names = page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    for name in names:
        page.reload()
        page.evaluate("scrollTo(0, 0)")
        go_on(page, name)
        page.wait_for_function("window.Plotly")
        page.wait_for_timeout(300)
        bottom = page.evaluate("document.documentElement.scrollHeight - innerHeight - scrollY")
        far = distance_to_bar(page, name)
        assert -ROUNDING <= far <= 30 or bottom <= ROUNDING, (name, far)


def test_a_choice_of_the_bar_holds_for_every_section_that_has_it(
    report: Path, opened: Open
) -> None:
    page = opened(report, viewport=DESKTOP)
    sections = {}
    for name in ("transitions", "funnel", "lifecycle"):
        go_on(page, name)
        sections[name] = rows(page.locator(f"#{name}"))
    choices(page, "Stage model").select_option("aida")
    choices(page, "Acquisition channel").select_option(index=1)
    changed = [
        name for name, before in sections.items() if rows(page.locator(f"#{name}")) != before
    ]
    assert changed == ["transitions", "funnel"]


def test_a_month_holds_for_all_that_is_counted_by_months(report: Path, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP)
    month = choices(page, "Month")
    options = month.locator("option").all_inner_texts()
    assert options[0] == "All months"
    months = options[1:]
    assert months == sorted(
        months, key=lambda text: datetime.strptime(text[:3] + text[-5:], "%b %Y")
    )
    month.select_option(label=months[-2])
    said = {
        "transitions": "Steps taken in",
        "funnel": "People whose first touch was in",
        "attribution": "Orders of",
        "channel_returns": "Orders of",
    }
    for name, note in said.items():
        go_on(page, name)
        expect(page.locator(f"#{name} .missing")).to_have_text(f"{note} {months[-2]}.")
    assert f"month={month.input_value()}" in page.url


def test_a_copied_link_opens_the_same_view(report: Path, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP)
    go_on(page, "cohorts")
    cohorts = page.locator("#cohorts")
    choices(page, "Stage model").select_option("marketplace")
    cohorts.get_by_role("combobox", name="Period", exact=True).select_option("week")
    cohorts.get_by_role("combobox", name="Shown").select_option("unbounded_retention_rate")
    seen = rows(cohorts)

    link = page.url
    assert link.startswith(report.as_uri() + "#cohorts?")
    other = opened(report, viewport=DESKTOP)
    other.goto("about:blank")
    other.goto(link)
    cohorts = other.locator("#cohorts")
    expect(cohorts).to_have_attribute("data-drawn", "")
    assert abs(distance_to_bar(other, "cohorts")) <= 30
    assert rows(cohorts) == seen
    shown = cohorts.get_by_role("combobox", name="Shown")
    assert shown.input_value() == "unbounded_retention_rate"
    assert choices(other, "Stage model").input_value() == "marketplace"


def test_a_link_of_another_time_shows_what_there_is(report: Path, opened: Open) -> None:
    """A value that this version has not is named where it was asked for; other keys are nothing."""
    page = opened(report, viewport=DESKTOP)
    page.goto("about:blank")
    page.goto(f"{report.as_uri()}#funnel?acquisition_channel=zeppelin&month=1999-01-01&gone.x=1")
    funnel = page.locator("#funnel")
    expect(funnel).to_have_attribute("data-drawn", "")
    assert "“Zeppelin”; shown: All channels" in funnel.locator(".missing").inner_text()
    assert "“Jan 1999”; shown: All months" in funnel.locator(".missing").inner_text()
    assert len(rows(funnel)) == 6
    page.goto("about:blank")
    page.goto(f"{report.as_uri()}#nowhere?stage_model=%22%3E%3Cb%3E")
    expect(page.locator("#glance")).to_have_attribute("data-drawn", "")


def test_no_name_of_the_data_is_left_to_people(report: Path, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP)
    for name in ("journey_map", "map_changes", "transitions", "funnel", "attribution", "paths"):
        go_on(page, name)
    page.wait_for_selector("#attribution .main-svg")
    shown = page.locator("main").inner_text()
    for raw in ("last_non_direct", "web:view_item_list", "paid_search", "time_decay"):
        assert raw not in shown
    assert "Last non-direct touch" in shown
    header = page.locator("#journey_map .touchpoints th[scope=row]").first
    assert header.get_attribute("title").endswith(".")


@pytest.mark.parametrize("name", ["glance", "journey_map", "funnel", "cohorts", "paths"])
def test_a_picture_is_taken_away_with_its_title(report: Path, opened: Open, name: str) -> None:
    page = opened(report, viewport=DESKTOP)
    go_on(page, name)
    page.wait_for_function("window.Plotly")
    section = page.locator(f"#{name}")
    if section.locator(".chart.funnel").count():
        section.locator(".main-svg").first.wait_for()
    title = section.locator("h2").inner_text()
    with page.expect_download() as taken:
        section.get_by_role("button", name="Picture as SVG").click()
    drawn = Path(taken.value.path()).read_text()
    assert taken.value.suggested_filename == f"{name}.svg"
    assert title in drawn
    with page.expect_download() as taken:
        section.get_by_role("button", name="Picture as PNG").click()
    picture = Path(taken.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    assert min(width, height) > 400
    colours = page.evaluate(
        """async (bytes) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const pixels = new Uint32Array(
                context.getImageData(0, 0, image.width, image.height).data.buffer);
            return new Set(pixels).size;
        }""",
        list(picture),
    )
    assert colours > 50  # neither empty nor one colour


def test_the_rows_that_are_shown_are_taken_away(report: Path, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP)
    go_on(page, "attribution")
    section = page.locator("#attribution")
    seen = len(rows(section))
    with page.expect_download() as taken:
        section.get_by_role("button", name="Rows shown as CSV").click()
    assert taken.value.suggested_filename == "attribution_shown.csv"
    columns = "channel, attribution_model, round(conversions, 6), revenue, round(roas, 6)"
    saved, every = (
        duckdb.sql(f"select {columns} from read_csv('{file}', header = true) where month is null")
        for file in (taken.value.path(), report.parent / "data" / "attribution.csv")
    )
    assert len(saved) == seen
    assert saved.fetchall() == every.fetchall()
