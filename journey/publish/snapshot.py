"""Filling a version: the marts as a DuckDB file that older clients can read, and as Parquet.

Tables are copied as they are, in their order, with their comments; only `data_quality` gains rows,
of what became known after it was built. Names, links and versions are `versions.py`'s.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from journey.core import database, failpoints
from journey.core.checks import Check
from journey.core.settings import Settings
from journey.core.sql import text
from journey.publish.changes import Change, changes_since

# The newest layout of the file that DuckDB 1.4 clients can read.
STORAGE_VERSION = "v1.4.0"
# Level 1 takes two thirds of the default level's time and gives files no larger.
PARQUET = "format parquet, compression zstd, compression_level 1"
QUALITY = "data_quality"


def fill(
    settings: Settings,
    directory: Path,
    *,
    marts: Sequence[str],
    run_id: str,
    run_at: datetime,
    checks: Sequence[Check],
    previous: Path | None,
) -> dict[str, int]:
    """Write `journey.duckdb` and `parquet/` into `directory`; returns the rows of each mart.

    `previous` is the database of the version that readers see, to say what changed since.
    """
    with database.connect(settings) as connection:
        _attach(connection, settings.warehouse_path, "warehouse", "read_only")
        file = directory / "journey.duckdb"
        _attach(connection, file, "snapshot", f"storage_version '{STORAGE_VERSION}'")
        connection.execute("create schema snapshot.marts")
        for mart in marts:
            _copy(connection, mart)
            failpoints.point("publish.mid_snapshot")
        if QUALITY in marts:
            changes: list[Change] = []
            if previous:
                _attach(connection, previous, "previous", "read_only")
                changes = changes_since(connection, "previous", "snapshot")
            _append_quality(connection, run_id, run_at, checks, changes)
        connection.execute("checkpoint snapshot")
        counts = {mart: _count(connection, mart) for mart in marts}
        _write_parquet(connection, marts, directory / "parquet")
        connection.execute("detach snapshot")
    return counts


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, option: str) -> None:
    connection.execute(f"attach {text(path)} as {name} ({option})")


def _copy(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    connection.execute(
        f"create table snapshot.marts.{mart} as select * from warehouse.marts.{mart}"
    )
    table = connection.execute(
        "select comment from duckdb_tables() where database_name = 'warehouse'"
        " and schema_name = 'marts' and table_name = ?",
        [mart],
    ).fetchone()
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() where database_name = 'warehouse'"
        " and schema_name = 'marts' and table_name = ? and comment is not null"
        " order by column_index",
        [mart],
    ).fetchall()
    if table and table[0]:
        connection.execute(f"comment on table snapshot.marts.{mart} is {text(table[0])}")
    for column, comment in columns:
        connection.execute(f'comment on column snapshot.marts.{mart}."{column}" is {text(comment)}')


def _append_quality(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    run_at: datetime,
    checks: Sequence[Check],
    changes: Sequence[Change],
) -> None:
    """What the gate said of the marts, and what changed: known only once they were built."""
    rows = [
        (
            "expectation",
            c.asset,
            c.check_name,
            c.severity,
            c.is_passed,
            c.observed,
            c.detail or c.expected,
        )
        for c in checks
        if c.asset.startswith("marts/")
    ]
    rows += [
        ("warehouse", c.asset, c.check_name, "info", True, c.observed, c.detail) for c in changes
    ]
    if not rows:
        return
    moment = run_at.astimezone(UTC).replace(tzinfo=None)
    connection.executemany(
        f"insert into snapshot.marts.{QUALITY} by name select"
        " ?::varchar as run_id, ?::timestamp as run_at, ?::varchar as check_kind,"
        " ?::varchar as asset, ?::varchar as check_name, ?::varchar as severity,"
        " ?::boolean as is_passed, ?::double as observed, ?::varchar as detail",
        [(run_id, moment, *row) for row in rows],
    )


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, marts: Sequence[str], directory: Path
) -> None:
    directory.mkdir()
    # Rows keep their order and so their groups: the same marts give the same bytes.
    connection.execute("set preserve_insertion_order = true")
    for mart in marts:
        path = directory / f"{mart}.parquet"
        connection.execute(f"copy snapshot.marts.{mart} to {text(path)} ({PARQUET})")


def _count(connection: duckdb.DuckDBPyConnection, mart: str) -> int:
    return int(database.only_row(connection, f"select count(*) from snapshot.marts.{mart}")[0])
