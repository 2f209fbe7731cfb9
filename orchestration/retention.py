"""How long the catalogue remembers: runs of the last days, with their events and check results.

The disk gets back what they took. What is loaded is the ledger's to know and goes on for ever. The
caller holds the writer's lock; servers that show the catalogue meanwhile are not disturbed.
"""

import contextlib
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.instance import RUNLESS_RUN_ID

from orchestration.patches.event_log import EventLog

FINISHED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]
# Deleted rows leave room in a database that later ones use; it is rewritten when much is free.
FREE_SHARE = 0.25
BUSY_SECONDS = 5


def prune(instance: dg.DagsterInstance, now: datetime, keep_days: int) -> int:
    """Forget runs that ended more than `keep_days` ago; returns how many.

    The newest that succeeded is kept, however old it is: it is what readers see.
    """
    horizon = now - timedelta(days=keep_days)
    newest = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]), limit=1)
    kept = {run.run_id for run in newest}
    old = instance.get_run_records(dg.RunsFilter(statuses=FINISHED, created_before=horizon))
    forgotten = [record.dagster_run.run_id for record in old]
    forgotten = [run_id for run_id in forgotten if run_id not in kept]
    for run_id in forgotten:
        instance.delete_run(run_id)
    events = instance.event_log_storage
    if isinstance(events, EventLog):
        # The files first: a run that begins now has none among them.
        files = {run_id for run_id in events.get_all_run_ids() if run_id != RUNLESS_RUN_ID}
        for run_id in files - set(instance.get_run_ids()):
            events.delete_events(run_id)  # of a run that was forgotten by a process that died
        events.delete_runless_events(horizon.replace(tzinfo=None))
        _shrink(Path(events.path_for_shard("index")))
    return len(forgotten)


def _shrink(path: Path) -> None:
    """Give room that a database does not use back to the disk; not while another writes to it."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection,
    ):
        pages, free = (
            connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("page_count", "freelist_count")
        )
        if free > pages * FREE_SHARE:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
