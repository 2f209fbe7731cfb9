"""Job `nightly`, when it runs, what launches it besides, and who hears where it fails."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from journey import ingest, monitor
from journey.core.settings import Settings
from journey.monitor import notify
from journey.transform.project import Project
from orchestration import failures
from orchestration.defs.raw import delivery_days
from orchestration.run import RANGE_END, RANGE_START


def defs(_: Project) -> dg.Definitions:
    return dg.Definitions(
        jobs=[nightly],
        schedules=[nightly_schedule(Settings.load())],
        sensors=[late_deliveries, failed_runs, late_runs],
    )


nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    partitions_def=delivery_days,
    description="Load what was delivered, build every mart, pass every gate, publish.",
)


def nightly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """At the hour and in the zone of the settings."""
    hour, minute = settings.schedule_at.split(":")
    zone = settings.schedule_time_zone
    return dg.ScheduleDefinition(
        name="nightly",
        job=nightly,
        cron_schedule=f"{int(minute)} {int(hour)} * * *",
        execution_timezone=zone,
        execution_fn=requested_run,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=(
            f"{settings.schedule_at} {zone}: yesterday's deliveries, and what earlier runs left."
        ),
    )


def requested_run(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """A delivery that was rejected is tried again; one that no run came to leaves no hole."""
    yesterday = context.scheduled_execution_time.date() - timedelta(days=1)
    left = [delivery.day for delivery in ingest.plan(Settings.load(), date_to=yesterday)]
    return dg.RunRequest(tags=_range(min(left, default=yesterday), yesterday))


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Launches one run over whatever was delivered late.",
)
def late_deliveries(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    settings = Settings.load()
    late = [d for d in ingest.plan(settings) if d.day < yesterday]
    if not late:
        yield dg.SkipReason("Nothing was delivered late.")
        return
    days = [delivery.day for delivery in late]
    # Launched once: what does not pass is tried again by the schedule.
    yield dg.RunRequest(
        run_key=ingest.fingerprint(settings, late), tags=_range(min(days), max(days))
    )


def _range(first: date, last: date) -> dict[str, str]:
    return {RANGE_START: first.isoformat(), RANGE_END: last.isoformat()}


@dg.run_failure_sensor(
    name="failed_runs",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports once each run that failed or died: why, and where to look.",
)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    settings, run_id = Settings.load(), context.dagster_run.run_id
    entries = context.instance.all_logs(run_id)
    events = [entry.dagster_event for entry in entries if entry.dagster_event]
    error = failures.explain(settings, run_id, events)
    notify.send(settings, failures.alert_of(settings, error))
    monitor.report_rejections(settings)
    monitor.report_withdrawals(settings)


@dg.sensor(
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports once when no version was published for alert_late_hours.",
)
def late_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    settings = Settings.load()
    alert = monitor.late(settings, datetime.now(UTC))
    if alert is None:
        return dg.SkipReason("The newest version is recent enough.")
    notify.send(settings, alert)
    return dg.SkipReason(alert.sentence)
