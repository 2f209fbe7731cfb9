"""The journey report's folder: its version, the snapshot's numbers, no keys and no formulas."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from journey.pages import report
from journey.pages.report import building
from journey.pages.report.rows import Rows, read_rows
from journey.pages.report.sections import SECTIONS_DIR, read_sections
from journey.read.escaping import copy_to_csv
from tests.conftest import Shop
from tests.publish.versions import build, publish_run

SECTIONS = {section.name: section for section in read_sections()}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "data", threads=2)


@pytest.fixture(scope="module")
def folder(demo: Shop) -> Path:
    return demo.published / "report"


def query(shop: Shop, sql: str, *values: object) -> list[tuple]:
    path = str(shop.published / "current.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def test_every_section_describes_what_its_query_gives_and_its_chart_draws(demo: Shop) -> None:
    marts = set(json.loads((demo.published / "manifest.json").read_text())["row_counts"])
    with duckdb.connect(str(demo.published / "current.duckdb"), read_only=True) as connection:
        connection.execute("set variable as_of = timestamp '2026-11-21'")
        for name, section in SECTIONS.items():
            assert (building.PAGE_DIR / "charts" / f"{section.chart}.js").exists(), name
            used = {switch.column for switch in section.switches} | set(section.measures)
            for part in section.draw.values():
                used |= set(part if isinstance(part, list) else [part])
            assert used - set(section.columns) <= {" > "}, name
            if section.mart in marts:
                assert list(read_rows(connection, section.query).columns) == list(section.columns)
                if section.context_query:
                    context = read_rows(connection, section.context_query)
                    assert list(context.columns) == list(section.context)


def test_no_section_says_how_long_a_window_of_the_settings_is() -> None:
    """A page of another shop would be wrong; the last seven days are the report's own."""
    windows = {
        str(field.default)
        for name, field in Settings.model_fields.items()
        if name.endswith(("_window_days", "_lookback_days"))
    }
    assert len(windows) > 1
    said = re.compile(rf"\b({'|'.join(windows)}) days")
    for name, section in SECTIONS.items():
        labels = [column.label for column in section.columns.values()]
        words = [section.question, section.definition, *labels, *section.measures.values()]
        assert [each for each in words if said.search(each)] == [], name


def test_every_folder_of_sections_is_a_section_of_the_page(demo: Shop, folder: Path) -> None:
    marts = json.loads((demo.published / "manifest.json").read_text())["row_counts"]
    for page in ("index", "health"):
        on_page = re.findall(r'<section id="(\w+)"', (folder / f"{page}.html").read_text())
        assert on_page == [
            name
            for name, section in SECTIONS.items()
            if section.mart in marts and section.page == page
        ]
    assert len(SECTIONS) == len(list(SECTIONS_DIR.iterdir()))


def test_every_section_says_itself_in_a_sentence(folder: Path) -> None:
    assert [name for name, section in SECTIONS.items() if not section.headline] == []
    pages = "".join((folder / f"{page}.html").read_text() for page in ("index", "health"))
    said = re.findall(r'<p class="headline">(.*?)</p>', pages)
    assert len(said) > len(SECTIONS) / 2  # null where there is nothing to say
    assert [each for each in said if not re.fullmatch(r"[A-Z0-9].*\.", each)] == []


def test_every_definition_that_the_page_leads_to_is_there(folder: Path) -> None:
    links = re.findall(r'href="definitions.html#([^"]+)"', (folder / "index.html").read_text())
    definitions = (folder / "definitions.html").read_text()
    assert links
    assert [link for link in links if f'id="{link}"' not in definitions] == []


def test_the_report_of_a_run_describes_its_version(demo: Shop, folder: Path) -> None:
    version = (demo.published / "current").resolve().name
    assert json.loads((folder / "report.json").read_text())["version"] == version
    said = demo.journey("report")
    assert said.returncode == 0, said.stderr
    assert "report/index.html" in said.stdout
    assert version in said.stdout


def test_files_hold_every_row_of_the_snapshot_with_every_digit(demo: Shop, folder: Path) -> None:
    columns = "stage_model, month, acquisition_channel, stage, entered, conversion_rate, mean_hours"
    order = "order by stage_model, month, acquisition_channel, stage"
    kept = duckdb.sql(
        f"select {columns} from '{folder / 'data' / 'funnel.csv'}' {order}"
    ).fetchall()
    assert kept == query(demo, f"select {columns} from marts.stage_funnel {order}")
    assert len(kept) > 100


def test_the_page_carries_the_rows_of_its_files(folder: Path) -> None:
    page = (folder / "index.html").read_text()
    scripts = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert scripts
    for script in scripts:
        said = json.loads(script)
        path = folder / "data" / f"{said['section']['name']}.csv"
        rows = len(duckdb.sql(f"from read_csv('{path}', header = true)").fetchall())
        assert said["rows"]["count"] == rows
        for values in said["rows"]["columns"].values():
            assert len(values if isinstance(values, list) else values["at"]) == rows


@pytest.mark.parametrize("days", [7, 28])
def test_the_last_days_are_counted_as_one_would_by_hand(
    demo: Shop, folder: Path, days: int
) -> None:
    """Another road to every figure: people and orders one by one."""
    [(as_of,)] = query(demo, "select distinct as_of from marts.stage_occupancy")
    touches = query(demo, "select person_id, occurred_at from marts.touchpoints where is_inbound")
    people = query(demo, "select first_touch_at from marts.people")
    orders = query(
        demo,
        "select touchpoint_id, any_value(ordered_at), sum(revenue_credit)"
        " from marts.channel_attribution_by_order where attribution_model = 'linear' group by all",
    )

    def span(instant: datetime) -> int:
        return (as_of - instant - timedelta(microseconds=1)) // timedelta(days=days)

    active = [{who for who, when in touches if span(when) == ago} for ago in range(3)]
    bought = [[amount for _, when, amount in orders if span(when) == ago] for ago in range(2)]
    expected = {
        "Active people": (len(active[0]), len(active[1])),
        "New people": tuple(sum(span(when) == ago for (when,) in people) for ago in range(2)),
        "Orders": (len(bought[0]), len(bought[1])),
        "Net revenue": (float(sum(bought[0])), float(sum(bought[1]))),
        "Came back": (
            len(active[0] & active[1]) / len(active[1]),
            len(active[1] & active[2]) / len(active[2]),
        ),
    }
    deviations = {
        "Active people": len(active[0] ^ active[1]) ** 0.5,
        "Orders": (len(bought[0]) + len(bought[1])) ** 0.5,
        "Net revenue": sum(float(amount) ** 2 for week in bought for amount in week) ** 0.5,
    }
    said = duckdb.sql(
        "select figure, value, value_before, change, change_low, change_high, verdict"
        f" from '{folder / 'data' / 'glance.csv'}' where period = 'last_{days}_days'"
    ).fetchall()
    figures = {figure: rest for figure, *rest in said}
    assert all(min(pair) > 0 for pair in expected.values())
    for figure, pair in expected.items():
        assert figures[figure][:2] == pytest.approx(pair), figure
    for figure, deviation in deviations.items():
        _, _, change, low, high, verdict = figures[figure]
        assert (low, high) == pytest.approx((change - 1.96 * deviation, change + 1.96 * deviation))
        assert verdict == ("up" if low > 0 else "down" if high < 0 else "no clear change")


def test_channels_are_those_of_the_linear_model_between_the_extremes(
    demo: Shop, folder: Path
) -> None:
    rows = query(
        demo,
        "select month, channel, attribution_model, conversions, cost"
        " from marts.channel_attribution",
    )
    credits: dict[tuple, dict[str, tuple]] = {}
    for month, channel, model, *values in rows:
        credits.setdefault((month, channel), {})[model] = values
    said = duckdb.sql(
        "select month, channel, conversions, fewest, most, cost"
        f" from '{folder / 'data' / 'channel_returns.csv'}'"
    ).fetchall()
    assert len(said) == len(credits) > 9
    for month, channel, *values in said:
        models = credits[month, channel]
        all_orders = [orders for orders, _ in models.values()]
        orders, cost = models["linear"]
        expected = (orders, min(all_orders), max(all_orders), cost and float(cost))
        assert tuple(values) == pytest.approx(expected), channel


def test_curves_are_complete_cells_of_cohorts_of_size(demo: Shop, folder: Path) -> None:
    said = duckdb.sql(
        "select cohort, period_number, retention_rate"
        f" from '{folder / 'data' / 'retention_curves.csv'}' where cohort is not null"
        " and cohort_basis = 'first_order' and activity = 'order' order by all"
    ).fetchall()
    assert said == query(
        demo,
        "select cohort_start, period_number, retention_rate from marts.cohort_retention as cohorts"
        " where cohort_basis = 'first_order' and activity = 'order' and grain = 'month'"
        " and cohorts.window = 'calendar' and segment_type = 'all' and is_complete"
        " and cohort_size >= 30 and period_number > 0 order by all",
    )
    assert said


def test_nps_at_a_glance_and_in_satisfaction_count_the_same_answers(demo: Shop) -> None:
    """The glance takes its weeks from touchpoints, satisfaction has all answers of all time."""
    scores = query(demo, "select score from marts.touchpoints where touchpoint = 'feedback:nps'")
    promoters, detractors = (
        sum(is_one(score) for (score,) in scores)
        for is_one in (lambda score: score >= 9, lambda score: score <= 6)
    )
    [said] = query(
        demo,
        "select responses, nps from marts.satisfaction where kind = 'nps'"
        " and month is null and stage is null and topic is null",
    )
    assert said == (len(scores), pytest.approx(100 * (promoters - detractors) / len(scores)))


def test_no_person_s_key_is_in_the_report(folder: Path) -> None:
    """Devices, customers and addresses are in the marts; people who look at pages need none."""
    keys = re.compile(rb"\b(cust|anon):\w|\bemail:[0-9a-f]{16}|[\w.]+@[\w.]+\.\w+|#\d+\b.*visit")
    files = [
        path for path in folder.resolve().rglob("*") if path.suffix in (".html", ".csv", ".json")
    ]
    assert len(files) > 10
    for path in files:
        assert not keys.search(path.read_bytes()), path.name


def test_texts_of_others_are_neither_formulas_nor_markup(tmp_path: Path) -> None:
    hostile = [
        "=1+1",
        "+1",
        "-1",
        "@sum",
        "\tx",
        "</script><script>alert(1)</script>",
        'a"b',
        "it's",
    ]
    with duckdb.connect() as connection:
        connection.execute("create table cells (place integer, cell varchar)")
        connection.executemany("insert into cells values (?, ?)", list(enumerate(hostile)))
        sql = "select cell, -place as amount from cells order by place"
        copy_to_csv(connection, sql, tmp_path / "cells.csv")
        rows = read_rows(connection, sql)
    lines = duckdb.sql(f"from read_csv('{tmp_path / 'cells.csv'}', all_varchar = true)").fetchall()
    assert [cell for cell, _ in lines] == [f"'{cell}" for cell in hostile[:5]] + hostile[5:]
    assert [amount for _, amount in lines] == [str(-place) for place in range(len(hostile))]
    assert "<" not in rows.as_json()
    assert json.loads(rows.as_json())["columns"]["cell"]["words"] == hostile


def test_columns_keep_their_values_and_their_gaps() -> None:
    rows = Rows(
        {"name": ["a", None, "a"], "share": [0.12345678912, None, 1.0], "flag": [True, None, False]}
    )
    assert json.loads(rows.as_json()) == {
        "count": 3,
        "columns": {
            "name": {"words": ["a", None], "at": [0, 1, 0]},
            "share": [0.123456789, None, 1.0],
            "flag": [True, None, False],
        },
    }


def test_a_report_that_fails_is_named_without_values(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'Ann Ray' to INT32")

    publish_run(settings, 1)
    monkeypatch.setattr(building, "_fill", refuse)
    with pytest.raises(EngineError, match=r"could not be made .*'…' to INT32") as raised:
        report.rebuild(settings)
    assert "Ann Ray" not in str(raised.value)


def test_a_report_that_fails_says_so_and_keeps_the_one_before(settings: Settings) -> None:
    """The hand-made marts lack columns that sections ask for."""
    with pytest.raises(ConfigurationError, match="nothing is published"):
        report.rebuild(settings)
    with pytest.raises(ConfigurationError, match="journey report --rebuild"):
        report.find(settings)
    version = publish_run(settings, 1)
    publish.replace_report(
        version.directory,
        lambda folder: (folder / "report.json").write_text('{"version": "the one before"}'),
    )
    build(settings, 2)
    with pytest.raises(EngineError, match=r"could not be made .*journey report --rebuild"):
        report.rebuild(settings)
    assert report.described_version(settings) == "the one before"
