"""One run from the command line: the same Dagster job as the schedule, in this process.

Decides whether there is anything to do, runs the job, and raises and says why it failed. Runs
that the schedule runs report so themselves (defs/schedule.py).
"""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from journey import ingest, monitor, publish
from journey.core import lock, privacy, stopping
from journey.core.errors import ConfigurationError, JourneyError, StoppedError
from journey.core.log import logger
from journey.core.settings import FIRST_DAY, Settings
from journey.ingest import sources
from journey.monitor import notify
from journey.pages import report
from journey.people import forgetting
from journey.transform import inputs
from journey.upkeep import layout
from orchestration import failures
from orchestration.instance import environment

# The tags by which Dagster knows a run's first and last delivery date.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def run(
    settings: Settings,
    date_from: date | None = None,
    date_to: date | None = None,
    *,
    full_refresh: bool = False,
    full_rebuild: bool = False,
) -> publish.RunResult:
    """Load what is new (within the dates, both inclusive), build, gate and publish.

    With `full_rebuild`, all tables are made anew, whether there is anything new or not.

    Raises DataError when a blocking check fails, EngineError when a tool fails or the lock is held,
    and says so, whether the job had begun or not.
    """
    notify.set_aside_if_damaged(settings)
    try:
        return _run(
            settings, date_from, date_to, full_refresh=full_refresh, full_rebuild=full_rebuild
        )
    except StoppedError:  # the person who stopped it knows
        raise
    except JourneyError as error:
        notify.send(settings, failures.alert_of(settings, error))
        with contextlib.suppress(JourneyError):  # it is the first error that counts
            monitor.report_rejections(settings)
            monitor.report_withdrawals(settings)
            _report_if_late(settings)
        raise


def _run(
    settings: Settings,
    date_from: date | None,
    date_to: date | None,
    *,
    full_refresh: bool,
    full_rebuild: bool,
) -> publish.RunResult:
    for sentence in privacy.protect(settings):
        logger.warning("%s", sentence, extra={"step": "data dir"})
    with lock.writer_lock(settings):
        layout.bring_up(settings)
        ingest.sweep(settings)
        publish.heal(settings)
        if not full_refresh:
            ingest.require_raw(settings)
            ingest.require_email_key(settings)
        is_forgetting = forgetting.is_unfinished(settings)
        if is_forgetting:
            forgetting.remove(settings)
        unreached = sources.fetch(settings, date_from, date_to)
    deliveries = ingest.plan(settings, date_from, date_to, everything=full_refresh)
    for source in ingest.never_delivered(settings):
        logger.warning(
            "source '%s' has no file: nothing is at %s",
            source.name,
            source.origin if source.is_fetched else f"{source.path} below {settings.data_dir}",
            extra={"step": f"raw/{source.kind}"},
        )
    current = publish.current(settings)
    is_asked = (
        full_refresh
        or full_rebuild
        or is_forgetting
        or bool(deliveries)
        or ingest.is_ended(settings)
    )
    if not is_asked and current and _is_published(settings, current):
        if report.described_version(settings) != current.name:
            report.rebuild(settings)  # the last run ended between the data and its report
        if not monitor.is_judged(settings, current):  # or before it had reported what is unusual
            with lock.writer_lock(settings):
                monitor.judge(settings, current)
        _report_if_late(settings)
        return _ended(settings, unreached, run_id=None, version=None)
    if not is_asked:
        inputs.as_of(settings)  # nothing loaded and nothing to load: say so at once
    first, last = _window([d.day for d in deliveries], date_from, date_to)
    run_id = _execute(settings, first, last, full_refresh=full_refresh, full_rebuild=full_rebuild)
    if forgetting.is_unfinished(settings):  # what still names them is said
        with lock.writer_lock(settings):
            forgetting.finish(settings)
    return _ended(settings, unreached, run_id=run_id, version=publish.current(settings))


def _ended(
    settings: Settings,
    unreached: list[sources.Unreached],
    *,
    run_id: str | None,
    version: publish.Version | None,
) -> publish.RunResult:
    """Report what could not be loaded: the run itself is none the worse for it."""
    monitor.report_deliveries(settings)
    monitor.report_unreached(settings, unreached)
    return publish.RunResult(
        run_id,
        version,
        rejected=tuple(ingest.rejected_and_there(settings)),
        withdrawn=tuple(ingest.Ledger(settings).withdrawn(run_id)) if run_id else (),
        unreached=tuple(unreached),
    )


def _is_published(settings: Settings, current: publish.Version) -> bool:
    """Whether readers have seen all that is loaded, though they may see an earlier version now."""
    state = inputs.state(settings)
    return current.raw_state == state or publish.shown(settings)[-1].raw_state == state


def _report_if_late(settings: Settings) -> None:
    """Where cron starts the runs there is no sensor; it is the deliveries that do not come."""
    alert = monitor.late(settings, datetime.now(UTC))
    if alert:
        notify.send(settings, alert)


def _window(days: list[date], date_from: date | None, date_to: date | None) -> tuple[date, date]:
    today = datetime.now(UTC).date()
    first = date_from or min(days, default=today)
    last = date_to or max(days, default=max(first, today - timedelta(days=1)))
    if first < FIRST_DAY or last > today:
        raise ConfigurationError(
            f"deliveries from {first} to {last} are asked for, but a delivery's date lies between "
            f"{FIRST_DAY} and today, {today} (UTC); give --from and --to within that, or rename "
            "the file whose date is wrong"
        )
    return first, last


def _execute(
    settings: Settings, first: date, last: date, *, full_refresh: bool, full_rebuild: bool
) -> str:
    os.environ |= environment(settings)
    import dagster as dg  # late: a run that finds nothing new need not wait for it

    from orchestration.definitions import defs

    job = defs().resolve_job_def("nightly")
    given: dict[str, bool | str] = {
        "full_refresh": full_refresh,
        "full_rebuild": full_rebuild,
        "is_fetched": True,
    }
    if settings.as_of:
        given["as_of"] = settings.as_of.isoformat()
    with (
        dg.DagsterInstance.get() as instance,
        _framework_noise_to_log(settings),
    ):
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={RANGE_START: first.isoformat(), RANGE_END: last.isoformat()},
            run_config={
                "resources": {"warehouse": {"config": given}},
                "loggers": {"console": {"config": {"log_level": "INFO"}}},
            },
        )
    if not result.success and stopping.received():
        raise failures.stopped(settings, result.run_id)
    if not result.success:
        raise failures.explain(settings, result.run_id, result.all_events)
    return result.run_id


@contextlib.contextmanager
def _framework_noise_to_log(settings: Settings) -> Iterator[None]:
    """Keep the tools' own words in `logs/run.log`; the progress lines are for people."""
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    with (
        open(settings.logs_dir / "run.log", "w", encoding="utf-8") as log,
        contextlib.redirect_stdout(log),
        contextlib.redirect_stderr(log),
    ):
        yield
