"""Dagster's SQLite event log, keeping its databases open and a check one check.

The stock log opens, syncs and closes two databases for every event, and plans every check of a run
once for each day of the run's range, marts' checks included, which no one evaluates: a first run
over 120 days planned 26,000 and spent 17 seconds and 39 MB on them. Named in `dagster.yaml`.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from dagster import EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationPlanned,
)
from dagster._core.events import DagsterEventType
from dagster._core.instance import RUNLESS_RUN_ID
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._serdes import ConfigurableClassData
from dagster_shared.record import replace

from orchestration.storage import below_data_dir

BUSY_SECONDS = 30
# Each run has a database of its own; a server that shows many runs does not keep them all open.
MAX_OPEN = 8


class EventLog(SqliteEventLogStorage):
    """The event log of this instance."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        super().__init__(base_dir, inst_data)
        # Storing an event asks for the run's database and, while it has that, for the index.
        self._db_lock = threading.RLock()  # type: ignore[assignment]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        return cls(below_data_dir(config_value), inst_data)

    def store_asset_check_event(self, event: EventLogEntry, event_id: int | None) -> None:
        super().store_asset_check_event(_of_no_partition(event), event_id)

    def delete_events(self, run_id: str) -> None:
        """Drop a run's own database, and its events in the index.

        That a partition was materialized stays known there: it is still loaded.
        """
        with self._db_lock:
            if run_id in self._engines:
                self._engines.pop(run_id).dispose()
            self._initialized_dbs.discard(run_id)
            for end in ("", "-wal", "-shm"):
                Path(f"{self.path_for_shard(run_id)}{end}").unlink(missing_ok=True)
        events, checks = SqlEventLogStorageTable, AssetCheckExecutionsTable
        is_partition = sa.and_(
            events.c.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION.value,
            events.c.partition.is_not(None),
        )
        with self.index_connection() as connection:
            connection.execute(
                events.delete().where(events.c.run_id == run_id, sa.not_(is_partition))
            )
            connection.execute(checks.delete().where(checks.c.run_id == run_id))

    def delete_runless_events(self, before: datetime) -> None:
        """Drop what was noted outside of runs, such as that a table became stale."""
        events = SqlEventLogStorageTable
        for shard in (RUNLESS_RUN_ID, INDEX_SHARD_NAME):
            if Path(self.path_for_shard(shard)).exists():
                with self._connect(shard) as connection:
                    connection.execute(
                        events.delete().where(
                            events.c.run_id == RUNLESS_RUN_ID, events.c.timestamp < before
                        )
                    )

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> sa.Engine:
        if shard in self._engines:
            return self._engines[shard]
        while len(self._engines) >= MAX_OPEN:
            self._engines.pop(next(iter(self._engines))).dispose()
        engine = sa.create_engine(
            create_db_conn_string(self._base_dir, shard), connect_args={"timeout": BUSY_SECONDS}
        )
        sa.event.listen(engine, "connect", _relax)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        return engine


def _of_no_partition(event: EventLogEntry) -> EventLogEntry:
    """No check of this project is judged by the day: what is planned is what is evaluated."""
    kept = event.dagster_event
    planned = kept and kept.event_specific_data
    if kept is None or not isinstance(planned, AssetCheckEvaluationPlanned):
        return event
    whole = kept._replace(event_specific_data=replace(planned, partitions_subset=None))
    return event._replace(dagster_event=whole)


def _relax(connection: Any, _: object) -> None:
    """A power cut may take the last events of a run with it, and no more than that."""
    connection.execute("pragma synchronous = normal")
