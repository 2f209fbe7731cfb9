"""Dagster's SQLite event log, writing the events of one batch together.

The stock log opens, commits and closes two databases for every event. A run over 120 delivery
dates materialises a thousand partitions, and on a slow disk that bookkeeping took longer than the
night. Named in `dagster.yaml`; what an event is stays Dagster's.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection


class EventLog(SqliteEventLogStorage):
    """The event log of this instance."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._batch: ExitStack | None = None
        self._batched: dict[str, Connection] = {}
        self._batch_lock = threading.RLock()
        super().__init__(base_dir, inst_data)
        # One batch holds the connections to the run's database and to the index at once.
        self._db_lock = threading.RLock()

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> Self:
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events in one transaction for each database that they touch."""
        with self._batch_lock:
            try:
                with ExitStack() as self._batch:
                    for event in events:
                        self.store_event(event)
            finally:
                self._batch = None
                self._batched = {}

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._batch_lock:
            if self._batch is None:
                with super()._connect(shard) as connection:
                    yield connection
                return
            if shard not in self._batched:
                connecting = super()._connect(shard)
                self._batched[shard] = self._batch.enter_context(connecting)
            yield self._batched[shard]
