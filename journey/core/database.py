"""One way to open DuckDB, so that every connection has the same clock, limits and manners."""

from pathlib import Path
from typing import Any, Protocol

import duckdb

from journey.core import spill
from journey.core.settings import Settings


def connect(
    settings: Settings,
    path: Path | str = ":memory:",
    *,
    read_only: bool = False,
    spill_dir: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open `path` in UTC, within the memory limit, offline; it spills below the data dir."""
    spill_dir = spill_dir or spill.new_folder(settings.spill_dir)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(spill_dir),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if settings.threads:
        config["threads"] = settings.threads
    connection = duckdb.connect(str(path), read_only=read_only, config=config)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    return connection


class Connection(Protocol):
    """What runs statements: a connection, or what stands for one."""

    def execute(self, query: str, parameters: Any = None) -> duckdb.DuckDBPyConnection: ...


def only_row(connection: Connection, query: str, parameters: Any = None) -> tuple[Any, ...]:
    """The row of a query that has one, such as several counts."""
    (row,) = connection.execute(query, parameters).fetchall()
    return tuple(row)


def only_value(connection: Connection, query: str, parameters: Any = None) -> Any:
    """The value of a query that has one, such as a count."""
    (value,) = only_row(connection, query, parameters)
    return value
