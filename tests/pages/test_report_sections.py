"""What sections of the report make of a few marts written by hand."""

import re
from pathlib import Path
from statistics import mean, pvariance

import duckdb
import pytest
import yaml

from journey.pages.report.sections import read_sections
from journey.transform import project
from tests.small_warehouse import build_marts

SECTIONS = {section.name: section for section in read_sections()}


@pytest.fixture
def shown(tmp_path: Path):
    """The rows of a section as mappings, after these changes of the small warehouse."""

    def show(name: str, *changes: str) -> list[dict[str, object]]:
        path = tmp_path / "small.duckdb"
        build_marts(path, *changes)
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set variable as_of = timestamp '2026-11-22'")
            result = connection.execute(SECTIONS[name].query)
            columns = [column for column, *_ in result.description]
            return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    return show


@pytest.fixture
def headline(tmp_path: Path):
    """What a section says in one sentence, after these changes of the small warehouse."""

    def say(name: str, *changes: str) -> str | None:
        path = tmp_path / "small.duckdb"
        build_marts(path, *changes)
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set variable as_of = timestamp '2026-11-22'")
            connection.execute(f"create temporary table section as {SECTIONS[name].query}")
            row = connection.execute(SECTIONS[name].headline).fetchone()
            return row and row[0]

    return say


SCORES = {100: (9, 10), 0: (7, 8), -100: (0, 6)}


def answers_on(day: str, points: list[int]) -> str:
    """Answers of a day, each 100 for a promoter, -100 for a detractor, else 0."""
    scores = [SCORES[point][number % 2] for number, point in enumerate(points)]
    return (
        "insert into marts.touchpoints by name select 'feedback:nps' as touchpoint,"
        f" timestamp '{day}' as occurred_at, unnest({scores}) as score"
    )


BEFORE = [100] * 10 + [0] * 10 + [-100] * 10
NOW = [100] * 30 + [0] * 10


def nps_at_a_glance(shown, before: list[int], now: list[int]) -> dict[str, object]:
    weeks = [
        "update marts.people set first_touch_at = timestamp '2026-09-01'",
        answers_on("2026-11-14 23:59:59", before),
        answers_on("2026-11-15 00:00", now),
    ]
    others = "update marts.touchpoints set score = 10 where touchpoint <> 'feedback:nps'"
    rows = shown("glance", *weeks, others)
    return next(row for row in rows if row["figure"] == "NPS")


def test_nps_is_judged_by_the_spread_of_its_answers(shown) -> None:
    said = nps_at_a_glance(shown, BEFORE, NOW)
    reach = 1.96 * (pvariance(BEFORE) / 30 + pvariance(NOW) / 40) ** 0.5
    assert (said["change_low"], said["change_high"]) == pytest.approx((75 - reach, 75 + reach))
    assert said["verdict"] == "up"


@pytest.mark.parametrize(
    ("before", "now"), [(BEFORE[:29], NOW), (BEFORE, NOW[:29]), ([100], [-100])]
)
def test_nps_of_a_few_answers_is_not_judged(shown, before: list[int], now: list[int]) -> None:
    said = nps_at_a_glance(shown, before, now)
    assert said["change"] == pytest.approx(mean(now) - mean(before))
    assert (said["change_low"], said["change_high"]) == (None, None)
    assert said["verdict"] == "too few answers"


ALL_MEASURED = (
    "update marts.people set first_touch_at = timestamp '2026-09-01'",
    "update marts.touchpoints set score = 10 where touchpoint <> 'feedback:nps'",
)


def test_the_glance_leads_with_the_change_that_is_more_than_chance(headline) -> None:
    now, before = "2026-11-15 00:00", "2026-11-14 23:59:59"
    said = headline("glance", *ALL_MEASURED, answers_on(before, BEFORE), answers_on(now, NOW))
    assert said == "NPS rose by 75 points to 75 in the last 7 days, more than chance explains."


def test_of_six_metrics_one_that_is_barely_beyond_its_interval_is_no_headline(headline) -> None:
    """Of six comparisons at 95% one in four weeks would have a headline of nothing."""
    before, now = [100] * 15 + [-100] * 15, [100] * 23 + [-100] * 7
    reach = 1.96 * (pvariance(before) / 30 + pvariance(now) / 30) ** 0.5
    assert reach < mean(now) - mean(before) < reach * 2.64 / 1.96
    weeks = [answers_on("2026-11-14 23:59:59", before), answers_on("2026-11-15 00:00", now)]
    said = headline("glance", *ALL_MEASURED, *weeks)
    assert said == "No metric changed in the last 7 days by more than chance explains."


@pytest.mark.parametrize(
    ("begins", "is_compared"), [("2026-11-08 00:00", True), ("2026-11-08 00:00:01", False)]
)
def test_a_week_that_was_not_measured_from_its_beginning_is_not_compared(
    shown, begins: str, is_compared: bool
) -> None:
    began = f"timestamp '{begins}'"
    rows = shown(
        "glance",
        f"update marts.people set first_touch_at = {began}",
        f"update marts.touchpoints set occurred_at = {began}",
        f"insert into marts.orders by name select * replace ({began} as ordered_at)"
        " from marts.orders",
    )
    compared = {
        row["figure"]: row["value_before"] is not None
        for row in rows
        if row["figure"] != "NPS" and row["period"] == "last_7_days"
    }
    # coming back looks at three weeks
    assert compared == dict.fromkeys(compared, is_compared) | {"Came back": False}
    without = ("nothing to compare with", "not measured")
    assert all((row["verdict"] in without) == (row["value_before"] is None) for row in rows)


def test_what_no_source_delivers_is_not_measured_rather_than_zero(shown) -> None:
    """A shop with nothing but orders has no NPS, and one with nothing but a site no revenue."""
    no_answers = "delete from marts.touchpoints where touchpoint like 'feedback:%'"
    verdicts = {row["figure"]: row["verdict"] for row in shown("glance", no_answers)}
    assert verdicts["NPS"] == "not measured"
    assert verdicts["Orders"] != "not measured"
    rows = shown("glance", "delete from marts.orders")
    said = {row["figure"]: (row["value"], row["verdict"]) for row in rows}
    assert said["Orders"] == said["Net revenue"] == (None, "not measured")
    assert said["Active people"][1] != "not measured"


def test_a_stage_that_people_only_passed_is_not_measured(shown) -> None:
    """Of orders alone every person is past awareness without a touch in it: no 100% went on."""
    orders_only = (
        "update marts.stage_funnel set observed = 0 where stage in ('Awareness', 'Consideration')"
    )
    rows = shown("funnel", orders_only)
    said = {row["stage"]: row for row in rows if row["month"] is None}
    for stage in ("Awareness", "Consideration", "Intent"):
        assert said[stage]["is_unseen"]
        assert said[stage]["conversion_rate"] is None
        assert said[stage]["conversion_rate_in_window"] is None
        assert said[stage]["converted"] is None
    assert not said["Purchase"]["is_unseen"]


def test_findings_are_no_checks_that_did_not_hold(shown) -> None:
    rows = shown(
        "checks",
        "insert into marts.data_quality by name select 'run' as run_id,"
        " timestamp '2026-11-22 02:00' as run_at, 'warning' as severity, * from (values"
        " ('expectation', 'raw/orders', 'Rows exist', true, null::double),"
        " ('expectation', 'raw/orders', 'Few are late', false, null),"
        " ('warehouse', 'intermediate/int_devices_identified', 'shared_devices', false, 2.0),"
        " ('warehouse', 'marts/visits', 'overlong_visits', true, 0.0)"
        ") as found (check_kind, asset, check_name, is_passed, observed)",
    )
    said = {row.pop("asset"): row for row in rows}
    assert said == {
        "raw/orders": {
            "checks": 2, "held": 1, "did_not_hold": "Few are late", "worth_a_look": None,
        },
        "intermediate/int_devices_identified": {
            "checks": 0, "held": 0, "did_not_hold": None, "worth_a_look": "shared devices: 2",
        },
    }  # fmt: skip


def test_segments_based_on_later_behaviour_say_so(shown) -> None:
    also = "insert into marts.{} by name select * replace ({}) from marts.{} where segment = 'all'"
    segments = (
        "'channel' as segment_type, 'email' as segment, 'month' as grain",
        "'persona' as segment_type, 'loyal' as segment, 'month' as grain, true as is_retrospective",
    )
    marts = ("cohort_retention", "cohort_retention_overall")
    rows = shown("cohorts", *(also.format(m, each, m) for m in marts for each in segments))
    shown_as = {
        ("all", "all"),
        ("channel", "email"),
        ("persona (based on later behaviour)", "loyal"),
    }
    for is_overall in (True, False):
        assert shown_as == {
            (row["segmented_by"], row["segment"])
            for row in rows
            if (row["cohort_start"] is None) == is_overall
        }


def test_the_exposure_names_the_marts_that_the_report_reads() -> None:
    """Who changes a mart sees in the catalogue that the report reads it."""
    exposed = yaml.safe_load((project.DBT_DIR / "models" / "exposures.yml").read_text())
    (named,) = (
        each["depends_on"] for each in exposed["exposures"] if each["name"] == "journey_report"
    )
    queries = [section.query + (section.context_query or "") for section in SECTIONS.values()]
    read = {mart for query in queries for mart in re.findall(r"marts\.(\w+)", query)}
    assert {f"ref('{mart}')" for mart in read} == set(named)
