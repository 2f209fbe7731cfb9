"""The journey report in a real browser, as people see it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Shop
from tests.ui.conftest import watched
from tests.ui.reading import (
    NOTHING,
    count,
    hours,
    named_stage,
    published,
    see,
    share,
)

Open = Callable[..., Page]
MINUS = "\N{MINUS SIGN}"
MEGABYTE = 1_000_000
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PLOTTED = ("sankey", "funnel", "dots", "intervals", "lines", "stack", "curves")
DEFAULT_FUNNEL = "stage_model = 'digital' and month is null and acquisition_channel is null"


@pytest.fixture(scope="module")
def report(demo: Shop) -> Path:
    return demo.published / "report" / "index.html"


@pytest.fixture(scope="module")
def page(report: Path, browser: Browser) -> Iterator[Page]:
    """The report on a desk, for tests that only look at it."""
    with watched(browser) as open_page:
        yield open_page(report, viewport=DESKTOP)


def see_everything(page: Page) -> list[str]:
    """Scroll through the page until every section is drawn; the sections' names."""
    names = page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    for name in names:
        see(page.locator(f"#{name}"))
    plotted = ", ".join(f".chart.{chart}:not(:has(.main-svg))" for chart in PLOTTED)
    expect(page.locator(plotted)).to_have_count(0)
    return names


def shown_table(section: Locator) -> list[list[str]]:
    """What the section's table says, opened as a reader does."""
    see(section)
    if section.locator("> details").get_attribute("open") is None:
        section.locator("> details > summary").click()
    rows = section.locator(".data tbody tr")
    expect(rows).not_to_have_count(0)  # it is filled when it has been opened
    return rows.evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )


def flag(value: bool) -> str:
    return "yes" if value else "no"


def test_every_section_shows_a_picture_its_words_its_table_and_its_file(
    report: Path, page: Page
) -> None:
    names = see_everything(page)
    assert {"glance", "transitions", "funnel", "cohorts", "attribution", "paths"} <= set(names)
    assert {"experiments", "lifecycle", "journey_map"} <= set(names)
    assert_whole(report, page, names)


def assert_whole(report: Path, page: Page, names: list[str]) -> None:
    for name in names:
        section = page.locator(f"#{name}")
        assert section.locator(".chart > *").count() > 0, name
        mart = section.locator("figcaption a").get_attribute("href")
        assert mart.startswith("definitions.html#"), name
        href = section.locator(".files a").get_attribute("href")
        assert (report.parent / href).stat().st_size > 0, name


def test_data_health_is_one_line_that_leads_to_a_page_of_its_own(
    report: Path, opened: Open
) -> None:
    page = opened(report, viewport=DESKTOP)
    line = page.locator(".health")
    expect(line).to_contain_text("checks")
    line.get_by_role("link").click()
    assert page.url == (report.parent / "health.html").as_uri()
    names = see_everything(page)
    assert names == ["deliveries", "quarantine", "checks"]
    assert_whole(report, page, names)
    headlines = page.locator("p.headline").all_inner_texts()
    page.get_by_role("link", name="Back to the journey report").click()
    said = page.locator(".health").inner_text()
    assert [each for each in headlines if each not in said] == []


def test_the_page_says_which_version_it_describes(demo: Shop, page: Page) -> None:
    footer = page.locator("footer").inner_text()
    assert (demo.published / "current").resolve().name in footer
    [(as_of,)] = published(demo, "select distinct as_of from marts.stage_occupancy")
    assert f"as of {as_of:%Y-%m-%d %H:%M} UTC" in footer


def test_the_funnel_on_the_page_is_that_of_the_snapshot(demo: Shop, page: Page) -> None:
    rows = published(
        demo,
        "select stage, entered, observed, converted, still_open, dropped, conversion_rate,"
        " drop_off_rate, conversion_rate_in_window, null, window_days, share_of_start,"
        " median_hours, mean_hours, is_small"
        f" from marts.stage_funnel where {DEFAULT_FUNNEL} order by stage_position",
    )
    written = [
        [
            row[0],
            *map(count, row[1:6]),
            *map(share, row[6:10]),
            count(row[10]),
            share(row[11]),
            *map(hours, row[12:14]),
            flag(row[14]),
        ]
        for row in rows
    ]
    assert [row[: len(written[0])] for row in shown_table(page.locator("#funnel"))] == written
    page.wait_for_selector("#funnel .main-svg")
    drawn = page.evaluate("document.querySelector('#funnel .plotted').data.map(one => one.x)")
    assert drawn == [[row[place] for row in rows] for place in (3, 4, 5)]


def test_the_sankey_is_the_matrix_of_the_snapshot(demo: Shop, page: Page) -> None:
    rows = published(
        demo,
        "select from_stage, to_stage, transitions from marts.stage_transition_matrix"
        f" where {DEFAULT_FUNNEL} order by all",
    )
    apart = [row for row in rows if {"start", "lapsed"} & set(row[:2])]
    see(page.locator("#transitions"))
    page.wait_for_selector("#transitions .main-svg")
    drawn = page.evaluate(
        """() => {
            const { node, link } = document.querySelector('#transitions .plotted').data[0];
            return link.value.map((value, at) =>
                [node.customdata[link.source[at]], node.customdata[link.target[at]], value]);
        }"""
    )
    named = [
        (named_stage(one), named_stage(other), steps)
        for one, other, steps in rows
        if (one, other, steps) not in apart
    ]
    assert sorted(map(tuple, drawn)) == sorted(named)
    said = page.locator("#transitions .apart li").all_inner_texts()
    assert len(said) == len(apart) > 3
    for one, other, steps in apart:
        stage = named_stage(other if one in ("start", "lapsed") else one)
        assert any(text.startswith(f"{count(steps)} ") and f" {stage} (" in text for text in said)


def test_the_heat_map_shows_the_rates_and_the_counts(demo: Shop, page: Page) -> None:
    rows = published(
        demo,
        "select cohort_start, period_number, cohort_size, active_people, retention_rate,"
        " is_complete from marts.cohort_retention as retention where cohort_basis = 'first_order'"
        " and activity = 'order' and grain = 'month' and retention.window = 'calendar'"
        " and segment_type = 'all' order by all",
    )
    table = page.locator("#cohorts table").first
    see(page.locator("#cohorts"))
    cells = table.locator("tbody tr:not(.overall) td[tabindex]")
    assert cells.all_inner_texts() == [
        share(rate) if is_complete else count(active) for *_, active, rate, is_complete in rows
    ]
    assert table.locator("td.incomplete").count() == sum(not row[-1] for row in rows)
    titles = cells.evaluate_all("all => all.map(one => one.title)")
    for said, (_, period, size, active, *_) in zip(titles, rows, strict=True):
        assert f"period {period}: {count(active)} of {count(size)} people" in said


def test_all_cohorts_show_the_members_that_their_rates_are_of(demo: Shop, page: Page) -> None:
    [(fewest, most)] = published(
        demo,
        "select min(cohort_size), max(cohort_size) from marts.cohort_retention_overall as overall"
        " where cohort_basis = 'first_order' and activity = 'order' and grain = 'month'"
        " and overall.window = 'calendar' and segment_type = 'all'",
    )
    see(page.locator("#cohorts"))
    size = page.locator("#cohorts tr.overall td.size")
    assert fewest < most
    assert size.inner_text() == f"{count(fewest)}{NOTHING}{count(most)}"


def test_weekly_bars_are_labelled_with_their_mondays(demo: Shop, page: Page) -> None:
    weeks = published(
        demo, "select distinct period_start from marts.lifecycle where grain = 'week' order by 1"
    )
    see(page.locator("#lifecycle"))
    page.wait_for_selector("#lifecycle .main-svg")
    labels = page.locator("#lifecycle .xtick text").all_text_contents()
    mondays = [
        f"{week.day} {week:%b %Y}".replace(
            "Sep ", "Sept "
        )  # as Chromium writes it in British English
        for (week,) in weeks
    ]
    assert labels
    assert labels[0] == mondays[0]
    assert set(labels) <= set(mondays)


def test_cards_show_the_numbers_of_their_file(report: Path, page: Page) -> None:
    rows = duckdb.sql(
        f"select * exclude (period, weeks) from '{report.parent}/data/glance.csv'"
        " where period = 'last_7_days'"
    ).fetchall()
    cards = page.locator("#glance li")
    expect(cards).to_have_count(len(rows))
    for card, (figure, _, unit, value, *_, verdict) in zip(cards.all(), rows, strict=True):
        assert card.locator("h3").inner_text() == figure
        assert verdict in card.inner_text()
        shown = card.locator(".value").inner_text()
        if unit in ("count", "share"):
            assert shown == {"count": count, "share": share}[unit](value)
        else:
            assert float(shown.strip("£").replace(MINUS, "-").replace(",", "")) == pytest.approx(
                value, abs=0.06
            )


def test_switches_and_cells_answer_to_the_keyboard(report: Path, demo: Shop, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP)
    funnel = page.locator("#funnel")
    before = shown_table(funnel)
    switch = page.locator(".choices").get_by_role("combobox", name="Stage model")
    chosen = switch.input_value()
    switch.focus()
    page.keyboard.press("ArrowDown")
    expect(switch).to_be_focused()
    assert switch.input_value() != chosen
    after = shown_table(funnel)
    assert after != before
    stages = published(
        demo,
        "select stage from marts.stage_occupancy where stage_position is not null"
        f" and stage_model = '{switch.input_value()}' order by stage_position",
    )
    assert [row[0] for row in after] == [stage for (stage,) in stages]

    cohorts = page.locator("#cohorts")
    see(cohorts)
    cohorts.locator("td[tabindex='0']").focus()
    said = cohorts.locator(".detail")
    first = said.inner_text()
    page.keyboard.press("ArrowRight")
    assert "period 1:" in said.inner_text()
    assert said.inner_text() != first
    assert cohorts.locator("td[tabindex='0']").count() == 1


def test_what_one_switch_leaves_is_what_the_next_one_offers(report: Path, opened: Open) -> None:
    """Segments differ between grains; a choice that is gone gives way to the first one."""
    page = opened(report, viewport=DESKTOP)
    cohorts = page.locator("#cohorts")
    see(cohorts)
    segmented_by = cohorts.get_by_role("combobox", name="Segmented by")
    segment = cohorts.get_by_role("combobox", name="Segment", exact=True)
    segmented_by.select_option("channel")
    assert segment.locator("option").count() > 1
    segment.select_option(index=1)
    cohorts.get_by_role("combobox", name="Period", exact=True).select_option("day")
    assert segmented_by.locator("option").all_inner_texts() == ["Nothing"]
    assert segment.locator("option").all_inner_texts() == ["All people"]
    assert cohorts.locator("tbody tr").count() > 1


def test_little_is_loaded_and_nothing_is_drawn_before_it_is_seen(
    report: Path, opened: Open
) -> None:
    own = [report, *report.parent.glob("*.css"), *report.parent.glob("charts/*.js")]
    own += [path for path in report.parent.glob("*.js") if path.name != "plotly.min.js"]
    assert sum(path.stat().st_size for path in own) < 4 * MEGABYTE
    assert (report.parent / "plotly.min.js").stat().st_size < 6 * MEGABYTE
    page = opened(report, viewport=PHONE)
    # The library comes after the page stands: what is seen first does not wait for it.
    assert page.locator("script[src='plotly.min.js']").count() <= 1
    assert "plotly" not in report.read_text()[:3000]
    page.wait_for_timeout(300)
    assert page.locator("#glance[data-drawn]").count() == 1
    assert page.locator("#lifecycle[data-drawn], #cohorts[data-drawn]").count() == 0
    assert page.locator("#cohorts .chart > *").count() == 0
    see_everything(page)
    assert page.locator("#cohorts[data-drawn], #lifecycle[data-drawn]").count() == 2


def violations(page: Page, **options: object) -> list[tuple[str, list]]:
    # Style sheets need not be read again by the judge, and the page would not let it.
    # The rows of a table are alike: the first ones stand for all of them.
    context = {"exclude": [["tbody tr:nth-child(n+6)"]]}
    asked = {"preload": False, "resultTypes": ["violations"]} | options
    found = Axe().run(page, context, asked).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"][:3]]) for one in found]


def test_the_page_is_accessible_in_light_and_in_dark(report: Path, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP, color_scheme="light")
    for name in see_everything(page):
        details = page.locator(f"#{name} > details")
        if details.is_visible():
            details.locator("summary").first.click()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, runOnly=["color-contrast"]) == []


def test_a_phone_scrolls_down_and_never_aside(report: Path, opened: Open) -> None:
    page = opened(report, viewport=PHONE, has_touch=True, is_mobile=True)
    see_everything(page)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths == [PHONE["width"], PHONE["width"]]


def test_dark_is_dark_and_paper_is_white_and_whole(report: Path, opened: Open) -> None:
    page = opened(report, viewport=DESKTOP, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(15, 20, 25)"
    page.wait_for_function("window.Plotly")
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    ink = "getComputedStyle(document.querySelector('main > section h2')).color"
    assert page.evaluate(ink) == "rgb(27, 31, 36)"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sections = page.locator("main > section").count()
    assert page.locator("main > section[data-drawn]").count() == sections
    assert page.locator(".main-svg").count() > 0
