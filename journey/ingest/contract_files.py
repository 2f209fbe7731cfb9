"""Parquet files without a row but with every column, so that a folder of files is always a table.

What the columns are is decided elsewhere.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from journey.core import durable, sql
from journey.core.sql import name, text

CONTRACT_FILE = "contract.parquet"


def ensure_contract_file(
    connection: duckdb.DuckDBPyConnection, folder: Path, columns: Mapping[str, str]
) -> None:
    """Let `folder` have an empty file of just these columns and types."""
    path = folder / CONTRACT_FILE
    empty = _empty(columns)
    if path.exists():
        found = connection.execute(
            f"describe select * from read_parquet({sql.file(path)}, hive_partitioning = false)"
        ).fetchall()
        if found == connection.execute(f"describe {empty}").fetchall():
            return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    connection.execute(f"copy ({empty}) to {text(temporary)} (format parquet)")
    durable.replace(temporary, path)


def _empty(columns: Mapping[str, str]) -> str:
    chosen = ", ".join(
        f"cast(null as {kind}) as {name(column)}" for column, kind in columns.items()
    )
    return f"select {chosen} where false"
