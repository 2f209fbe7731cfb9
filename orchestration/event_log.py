"""Dagster's SQLite event log, keeping its databases open.

The stock log opens, syncs and closes two databases for every event: on a slow disk that bookkeeping
took longer than a small night. Named in `dagster.yaml`; what an event is stays Dagster's.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import sqlalchemy as sa
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._serdes import ConfigurableClassData

BUSY_SECONDS = 30
# Each run has a database of its own; a server that shows many runs does not keep them all open.
MAX_OPEN = 8


class EventLog(SqliteEventLogStorage):
    """The event log of this instance."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        super().__init__(base_dir, inst_data)
        # Storing an event asks for the run's database and, while it has that, for the index.
        self._db_lock = threading.RLock()

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> Self:
        return cls(inst_data=inst_data, **config_value)

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


def _relax(connection: Any, _: object) -> None:
    """A power cut may take the last events of a run with it, and no more than that."""
    connection.execute("pragma synchronous = normal")
