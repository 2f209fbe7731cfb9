"""Job `nightly`, when it runs, what launches it besides, and who hears of a failure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration import alerts, ingest
from orchestration.defs.raw import delivery_days
from orchestration.settings import Settings

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


@dg.failure_hook(required_resource_keys=set())
def tell_of_failure(context: dg.HookContext) -> None:
    """One sentence for the log and the webhook as soon as a step fails."""
    alerts.tell(
        Settings.load(),
        f"The night failed at step {context.step_key} (run {context.run_id}): readers keep the "
        "last published version. Look at `journey status` and the run in the catalogue.",
    )


nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    partitions_def=delivery_days,
    hooks={tell_of_failure},
    description="Load what was delivered, build every mart, pass every gate, publish.",
)

nightly_schedule = dg.build_schedule_from_partitioned_job(
    nightly,
    name="nightly_at_two",
    hour_of_day=2,
    minute_of_hour=0,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="02:00 UTC: yesterday's deliveries.",
)


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Launches one run over whatever was delivered late.",
)
def late_deliveries(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    late = [d for d in ingest.plan(Settings.load()) if d.delivered_on < yesterday]
    if not late:
        yield dg.SkipReason("Nothing was delivered late.")
        return
    days = [delivery.delivered_on for delivery in late]
    yield dg.RunRequest(
        run_key=ingest.fingerprint(late),
        tags={RANGE_START: min(days).isoformat(), RANGE_END: max(days).isoformat()},
    )


@dg.run_failure_sensor(
    name="dead_nights",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of runs that died without a word, whose steps could not tell themselves.",
)
def dead_nights(context: dg.RunFailureSensorContext) -> None:
    if not context.get_step_failure_events():
        alerts.tell(
            Settings.load(),
            f"The night died (run {context.dagster_run.run_id}): readers keep the last published "
            "version. Run `journey run` to do it again.",
        )
