"""What the schedule and the sensor launch, and that no day's part is taken for all of the data."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from journey import ingest
from journey.core.settings import Settings
from orchestration.run import RANGE_END, RANGE_START
from tests.parsed_project import give_parsed_project

TOML = """
reporting_currency = "GBP"

[[sources]]
name = "shop"
kind = "orders"
format = "canonical"
path = "landing/orders_{date:%Y-%m-%d}.csv"
"""
SATURDAY = date(2026, 11, 21)
TWO_ON_SUNDAY = datetime(2026, 11, 22, 2, tzinfo=UTC)
Deliver = Callable[[date], None]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text(TOML)
    monkeypatch.setenv("JOURNEY_CONFIG", str(config))
    monkeypatch.setenv("JOURNEY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "a key for tests, long enough to be one")
    return Settings.load()


@pytest.fixture
def deliver(settings: Settings) -> Deliver:
    def write(day: date) -> None:
        path = settings.landing_dir / f"orders_{day}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "order_id,ordered_at,customer_id,net_amount,currency\n"
            f"o{day:%m%d},{day} 12:00:00,c1,10.00,GBP\n"
        )

    return write


def load(settings: Settings, first: date | None = None, last: date | None = None) -> int:
    """Load what these days delivered; the number of files."""
    with ingest.prepare(
        settings, "orders", date_from=first, date_to=last, run_id="test"
    ) as pending:
        pending.commit()
        return pending.counts()["files"]


def scheduled() -> tuple[str, str]:
    """First and last delivery date of the run that is launched on Sunday."""
    from orchestration.defs.schedule import requested_run

    request = requested_run(dg.build_schedule_context(scheduled_execution_time=TWO_ON_SUNDAY))
    return request.tags[RANGE_START], request.tags[RANGE_END]


def test_a_nightly_run_is_about_the_day_before(settings: Settings, deliver: Deliver) -> None:
    deliver(SATURDAY + timedelta(days=1))
    assert scheduled() == ("2026-11-21", "2026-11-21")
    deliver(SATURDAY)
    assert scheduled() == ("2026-11-21", "2026-11-21")


def test_a_run_begins_where_the_runs_before_have_left_something(
    settings: Settings, deliver: Deliver
) -> None:
    """Refused by a gate, or of a day when nothing ran: what is not loaded is tried again."""
    for days in (5, 3, 0):
        deliver(SATURDAY - timedelta(days=days))
    load(settings, SATURDAY - timedelta(days=5), SATURDAY - timedelta(days=5))
    assert scheduled() == ("2026-11-18", "2026-11-21")


def test_the_schedule_is_on(settings: Settings) -> None:
    from orchestration.definitions import defs

    give_parsed_project(settings.data_dir, settings.own_dir)
    schedule = defs().get_repository_def().get_schedule_def("nightly")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.job_name == "nightly"


def test_what_arrives_late_is_launched_over_its_days(settings: Settings, deliver: Deliver) -> None:
    from orchestration.defs.schedule import late_deliveries

    def launched() -> list[dg.RunRequest | dg.SkipReason]:
        with dg.DagsterInstance.ephemeral() as instance:
            return list(late_deliveries(dg.build_sensor_context(instance=instance)))

    today = datetime.now(UTC).date()
    deliver(today - timedelta(days=1))  # the schedule's own
    assert [type(found) for found in launched()] == [dg.SkipReason]
    deliver(today - timedelta(days=9))
    deliver(today - timedelta(days=4))
    [request] = launched()
    assert request.tags == {
        RANGE_START: str(today - timedelta(days=9)),
        RANGE_END: str(today - timedelta(days=4)),
    }
    [again] = launched()
    assert again.run_key == request.run_key, "the same files are launched once"
    load(settings)
    assert [type(found) for found in launched()] == [dg.SkipReason]


def test_a_refresh_that_did_not_end_is_ended_by_the_next_run_whatever_its_day(
    settings: Settings, deliver: Deliver
) -> None:
    days = [SATURDAY - timedelta(days=number) for number in range(3)]
    for day in days:
        deliver(day)
    assert load(settings) == 3
    ingest.reset(settings)
    assert load(settings, SATURDAY, SATURDAY) == 3
    ingest.refresh.finish(settings)
    deliver(SATURDAY - timedelta(days=7))
    deliver(SATURDAY - timedelta(days=8))
    assert load(settings, SATURDAY - timedelta(days=7), SATURDAY) == 1


def test_a_source_without_a_file_is_named(settings: Settings, deliver: Deliver) -> None:
    assert [source.name for source in ingest.never_delivered(settings)] == ["shop"]
    deliver(SATURDAY)
    load(settings)
    (settings.landing_dir / f"orders_{SATURDAY}.csv").unlink()
    assert ingest.never_delivered(settings) == []


def test_hour_and_zone_of_the_schedule_are_settings(settings: Settings) -> None:
    from orchestration.defs.schedule import nightly_schedule

    at_two = nightly_schedule(settings)
    assert (at_two.cron_schedule, at_two.execution_timezone) == ("0 2 * * *", "UTC")
    other = {"schedule_at": "23:30", "schedule_time_zone": "Europe/London"}
    late = nightly_schedule(Settings.load(settings.config_file, settings.data_dir, **other))
    assert (late.cron_schedule, late.execution_timezone) == ("30 23 * * *", "Europe/London")
