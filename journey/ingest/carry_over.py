"""The kept rows of a source, laid down anew without those of the files that are read again.

A load that reads files again, because what decides their meaning has changed, replaces all that its
source had: what it does not read again (the files are gone) is carried over as it is, in the
columns of today, so that the old files can go in one step.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

from journey.core import sql
from journey.core.sql import name, text, texts
from journey.ingest import raw_layer
from journey.ingest.contracts import Contract
from journey.ingest.pending import PendingLoad

OF = ("delivered_on", "file_name", "file_row")


def carry_over(
    connection: duckdb.DuckDBPyConnection,
    pending: PendingLoad,
    contract: Contract,
    source: str,
    read_again: Sequence[str],
) -> None:
    """Write what a source keeps into the pending load. `read_again` are lineage names of files."""
    base = f"{source}-{pending.load_id}-0_"
    settings, kind = pending.settings, pending.kind
    others = f"file_name not in ({texts(read_again)})" if read_again else "true"
    stored = raw_layer.files_of_source(raw_layer.raw_files(settings, kind), source)
    if stored:
        _as_today(connection, stored, contract)
        redelivered = raw_layer.redelivered_files(settings, kind, source)
        rows = f"select * from carried where {others}"
        if redelivered:
            again = f"read_parquet([{sql.files(redelivered)}], union_by_name = true)"
            rows += _repeated(contract, again, others, read_again)
            _write_redelivered(connection, pending, again, others, read_again, base)
        folder = raw_layer.private_dir(pending.rows_dir)
        connection.execute(
            f"""copy (from ({rows})) to {text(folder)} (
                format parquet, compression zstd, partition_by (event_date),
                filename_pattern '{base}{{i}}', overwrite_or_ignore true
            )"""
        )
        connection.execute("drop view carried")
        written = sorted(pending.rows_dir.glob(f"event_date=*/{base}*.parquet"))
        pending.carried += raw_layer.rows_in(connection, written)
    _write_quarantine(connection, pending, source, others, base)
    pending.replaces.append(source)


def _as_today(
    connection: duckdb.DuckDBPyConnection, stored: Sequence[Path], contract: Contract
) -> None:
    """Make the view `carried`: rows of older contracts, in the columns of this one."""
    scan = (
        f"read_parquet([{sql.files(stored)}], union_by_name = true, hive_partitioning = true,"
        " hive_types = {'event_date': date})"
    )
    there = {row[0] for row in connection.execute(f"describe select * from {scan}").fetchall()}
    columns = ", ".join(
        f"try_cast({name(column) if column in there else 'null'} as {kind}) as {name(column)}"
        for column, kind in raw_layer.raw_columns(contract).items()
    )
    connection.execute(
        f"create or replace view carried as select {columns}, event_date from {scan}"
    )


def _repeated(contract: Contract, again: str, others: str, read_again: Sequence[str]) -> str:
    """SQL: what a file that is gone said again of a row of a file that is read again.

    It was no row of its own while the first stood; now it is all that is left of its file.
    """
    if not read_again:
        return ""
    columns = ", ".join(
        {
            "is_restatement": "true",
            **{column: f"again.{column}" for column in OF},
        }.get(column, f"carried.{name(column)}")
        for column in raw_layer.raw_columns(contract)
    )
    same_key = " and ".join(
        f"again.{name(column)} is not distinct from carried.{name(column)}"
        for column in contract.key
    )
    same_place = " and ".join(f"again.of_{column} = carried.{column}" for column in OF)
    return f"""
        union all
        select {columns}, carried.event_date
        from (select * from {again} where {others}) as again
        inner join carried on {same_key} and {same_place}
        where carried.file_name in ({texts(read_again)})"""


def _write_redelivered(
    connection: duckdb.DuckDBPyConnection,
    pending: PendingLoad,
    again: str,
    others: str,
    read_again: Sequence[str],
    base: str,
) -> None:
    of_others = f"of_file_name not in ({texts(read_again)})" if read_again else "true"
    rows = f"select * from {again} where {others} and {of_others}"
    if connection.execute(f"select exists ({rows})").fetchone()[0]:
        folder = raw_layer.private_dir(pending.folder / "redelivered")
        connection.execute(f"copy ({rows}) to {text(folder / f'{base}0.parquet')} (format parquet)")


def _write_quarantine(
    connection: duckdb.DuckDBPyConnection,
    pending: PendingLoad,
    source: str,
    others: str,
    base: str,
) -> None:
    folder = raw_layer.quarantine_dir(pending.settings, pending.kind)
    stored = raw_layer.files_of_source(sorted(folder.glob("*.parquet")), source)
    if not stored:
        return
    rows = f"select * from read_parquet([{sql.files(stored)}], union_by_name = true) where {others}"
    if connection.execute(f"select exists ({rows})").fetchone()[0]:
        path = raw_layer.private_dir(pending.folder / "quarantine") / f"{base}0.parquet"
        connection.execute(f"copy ({rows}) to {text(path)} (format parquet, compression zstd)")
        os.chmod(path, 0o600)
