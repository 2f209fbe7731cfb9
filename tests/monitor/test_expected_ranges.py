"""When a published run, or one that did not come, is worth an alert."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from journey import monitor, publish
from journey.core.settings import Settings
from tests.monitor.conftest import AS_OF, PublishedRuns

FIGURE = "conversion from look"
# Median 0.400, median distance from it 0.004: five times that is 0.020.
CALM = [0.396, 0.404, 0.400, 0.396, 0.404, 0.400, 0.404, 0.396]


def of_settings(runs: PublishedRuns, **given: object) -> None:
    home = runs.settings
    runs.settings = Settings.load(home.config_file, home.data_dir, **given)


def judged(runs: PublishedRuns, value: float, people: int = 500) -> list[monitor.Range]:
    figures = [monitor.Figure(FIGURE, value, people)]
    return monitor.ranges_of(runs.settings, runs.publish(), figures)


@pytest.mark.parametrize(
    ("value", "is_usual"),
    [(0.400, True), (0.4199, True), (0.3801, True), (0.4201, False), (0.3799, False)],
)
def test_a_metric_is_unexpected_beyond_so_many_median_distances(
    runs, value: float, is_usual: bool
) -> None:
    runs.remember(FIGURE, CALM)
    (found,) = judged(runs, value)
    assert (found.figure, found.runs, found.is_usual) == (FIGURE, 8, is_usual)
    assert (found.low, found.high) == pytest.approx((0.38, 0.42))


def test_metrics_that_never_moved_may_move_a_little(runs) -> None:
    runs.remember(FIGURE, [0.4] * 10)
    assert [found.is_usual for found in judged(runs, 0.409)] == [True]
    assert [found.is_usual for found in judged(runs, 0.411)] == [False]


def test_only_the_last_runs_make_the_expected_range(runs) -> None:
    of_settings(runs, alert_history_runs=8)
    runs.remember(FIGURE, [0.9] * 30 + CALM)
    (found,) = judged(runs, 0.9)
    assert not found.is_usual
    assert found.runs == 8


@pytest.mark.parametrize(
    ("past", "people_then", "people_now"),
    [(CALM[:6], 500, 500), (CALM, 500, 29), (CALM, 29, 500)],
    ids=["few runs", "few people now", "few people then"],
)
def test_few_runs_or_few_people_have_no_expected_range(
    runs, past: list[float], people_then: int, people_now: int
) -> None:
    runs.remember(FIGURE, past, people=people_then)
    assert judged(runs, 0.9, people=people_now) == []


def test_a_run_is_not_judged_by_itself_nor_by_later_ones(runs) -> None:
    runs.remember(FIGURE, CALM[:6])
    runs.keep("20260301T000001Z-same", AS_OF, FIGURE, 0.4, 500)
    runs.keep("20260302T000001Z-next", AS_OF + timedelta(days=1), FIGURE, 0.4, 500)
    assert judged(runs, 0.9) == []


def test_a_run_published_twice_counts_once_and_as_it_was_last(runs) -> None:
    runs.remember(FIGURE, CALM)
    day = AS_OF - timedelta(days=1)
    for number in range(9):
        runs.keep(f"20260227T00000{number}Z-before", day, FIGURE, 0.9, 500)
    (found,) = judged(runs, 0.4)
    assert found.runs == 8
    assert (found.low, found.high) == pytest.approx((0.38, 0.42))


def test_runs_published_again_do_not_shorten_the_past(runs) -> None:
    of_settings(runs, alert_history_runs=8)
    for number in range(4):
        for days_ago, value in enumerate(reversed(CALM), start=1):
            day = AS_OF - timedelta(days=days_ago)
            name = f"{day:%Y%m%d}T00000{number}Z-again"
            runs.keep(name, day, FIGURE, value if number == 3 else 0.9, 500)
    (found,) = judged(runs, 0.4)
    assert found.runs == 8
    assert (found.low, found.high) == pytest.approx((0.38, 0.42))


def test_a_metric_that_stays_out_of_its_range_is_one_event_until_it_comes_back(runs) -> None:
    runs.remember(FIGURE, CALM)
    events = []
    for number, value in enumerate([0.9, 0.1, 0.4, 0.9]):
        version = runs.publish(as_of=AS_OF + timedelta(days=number))
        figures = [monitor.Figure(FIGURE, value, 500)]
        alerts = monitor.moved(version, monitor.ranges_of(runs.settings, version, figures))
        runs.keep(version.name, version.as_of, FIGURE, value, 500)
        events.append([alert.event for alert in alerts])
        if number == 0:
            assert f"{FIGURE} is 90.0%, usually 38.0% to 42.0%" in alerts[0].sentence
    first, again = (f"moved/{FIGURE}/2026-03-0{day}T00:00:00" for day in (1, 4))
    assert events == [[first], [first], [], [again]]


def test_each_metric_that_moved_is_an_event_of_its_own(runs) -> None:
    version = runs.publish()
    values = {"conversion from buy": 0.9, FIGURE: 0.9, "calm": 0.4}
    for figure in values:
        runs.remember(figure, CALM)
    figures = [monitor.Figure(figure, value, 500) for figure, value in values.items()]
    alerts = monitor.moved(version, monitor.ranges_of(runs.settings, version, figures))
    assert [alert.event for alert in alerts] == [
        "moved/conversion from buy/2026-03-01T00:00:00",
        "moved/conversion from look/2026-03-01T00:00:00",
    ]


def delivery(run: str, at: datetime, source: str, delivered: int, quarantined: int) -> str:
    return "".join(
        f"""insert into marts.data_quality values ('{run}', '{at.replace(tzinfo=None)}',
        'delivery', 'raw/orders', '{source}', '{name}', 'info', true, {count}, '');"""
        for name, count in (("delivered", delivered), ("quarantined", quarantined))
    )


def test_a_large_share_in_quarantine_is_reported_by_source(runs) -> None:
    now = datetime.now(UTC)
    version = runs.publish(
        delivery("run1", now, "shop", 1000, 51)
        + delivery("run1", now, "till", 1000, 50)
        + delivery("run1", now, "quiet", 0, 0)
    )
    shares = monitor.shares_of(runs.settings, version)
    assert [(found.source, found.share) for found in shares] == [("shop", 0.051), ("till", 0.05)]
    (alert,) = monitor.many_quarantined(runs.settings, version, shares)
    assert alert.event == "quarantine/run1"
    assert "5.1% of source shop (51 of 1,000 rows)" in alert.sentence
    assert "till" not in alert.sentence
    assert "journey status" in alert.sentence


def test_runs_that_failed_since_the_last_version_count_and_earlier_ones_do_not(runs) -> None:
    runs.publish()
    now = datetime.now(UTC)
    version = runs.publish(
        delivery("old", now - timedelta(days=1), "shop", 100, 100)
        + delivery("failed", now + timedelta(seconds=5), "shop", 100, 30)
        + delivery("run2", now + timedelta(seconds=9), "shop", 100, 0)
    )
    (found,) = monitor.shares_of(runs.settings, version)
    assert (found.delivered, found.quarantined, found.share) == (200, 30, 0.15)


def test_a_version_that_is_pruned_is_still_the_one_before(runs) -> None:
    of_settings(runs, keep_versions=1)
    before = runs.publish()
    now = datetime.now(UTC)
    version = runs.publish(
        delivery("old", now - timedelta(days=1), "shop", 100, 100)
        + delivery("run2", now + timedelta(seconds=9), "shop", 100, 0)
    )
    assert not before.directory.exists()
    (found,) = monitor.shares_of(runs.settings, version)
    assert (found.delivered, found.quarantined) == (100, 0)


def test_a_version_that_does_not_come_is_reported_once_it_is_late(runs) -> None:
    now = datetime.now(UTC)
    assert monitor.late(runs.settings, now) is None
    version = runs.publish()
    hours = timedelta(hours=runs.settings.alert_late_hours)
    assert monitor.late(runs.settings, version.published_at + hours) is None
    alert = monitor.late(runs.settings, version.published_at + hours + timedelta(seconds=1))
    assert alert.event == f"late/{version.name}"
    assert f"for {runs.settings.alert_late_hours} hours" in alert.sentence
    assert "2026-03-01 00:00 UTC" in alert.sentence


def test_the_late_alert_names_what_readers_see_and_counts_from_what_they_were_shown(
    runs,
) -> None:
    first, second = runs.publish(as_of=AS_OF - timedelta(days=1)), runs.publish()
    publish.rollback(runs.settings, first.name)
    overdue = second.published_at + timedelta(hours=runs.settings.alert_late_hours + 1)
    alert = monitor.late(runs.settings, overdue)
    assert alert.event == f"late/{second.name}"
    assert f"{first.as_of:%Y-%m-%d %H:%M} UTC" in alert.sentence
    sealed = "29990101T000000Z-sealed"
    folder = second.directory.with_name(sealed)
    shutil.copytree(second.directory, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    moment = (overdue + timedelta(hours=1)).isoformat()
    said = manifest | {"version": sealed, "published_at": moment}
    (folder / "manifest.json").write_text(json.dumps(said))
    assert monitor.late(runs.settings, overdue) == alert
