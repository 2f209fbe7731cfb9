"""The kept files of a source that hold rows which go, written again without them.

A load that reads files again, because what decides their meaning has changed, and one that brings
what a path holds since, put an end to rows that were kept. The files that hold such rows are
superseded by what is written here: their other rows as they are, in the columns of today.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from journey.core import sql
from journey.core.database import only_value
from journey.core.sql import name, text, texts
from journey.ingest import raw_layer, versions
from journey.ingest.contracts import Contract
from journey.ingest.file_names import carried_over
from journey.ingest.pending import PendingLoad
from journey.ingest.session import Session


def carry_over(
    connection: Session,
    pending: PendingLoad,
    contract: Contract,
    source: str,
    dropped: Sequence[str],
    *,
    is_outdated: bool = False,
) -> None:
    """Write what stays of a source's files into the pending load, and note which are superseded.

    `dropped` are the file names whose rows go. With `is_outdated`, all files have the columns of an
    older contract, and all are written again.
    """
    settings, kind = pending.settings, pending.kind
    stored = raw_layer.files_of_source(raw_layer.raw_files(settings, kind), source)
    goes = f"file_name in ({texts(dropped)})" if dropped else "false"
    losing = _with_rows(connection, stored, goes)
    redelivered = raw_layer.redelivered_files(settings, kind, source)
    is_losing = bool(losing or _with_rows(connection, redelivered, goes))
    rows = []
    if is_losing:
        known = versions.Known(stored, redelivered, dropped=dropped)
        versions.settle(connection, contract, source, known)
        rows.append(_reinstated(pending, contract, source))
        _write_redelivered(connection, pending, contract, source, redelivered, goes)
    superseded = stored if is_outdated else losing
    if superseded:
        _as_today(connection, superseded, contract)
        rows.append(f"select * from carried where not {goes}")
    if rows:
        _write_rows(connection, pending, source, " union all by name ".join(rows))
    if is_losing:
        pending.reinstated += _count(connection, "reinstated")
    if superseded:
        pending.carried += _count(connection, f"carried where not {goes}")
        connection.execute("drop view carried")
    versions.drop(connection)
    pending.superseded += superseded
    _write_quarantine(connection, pending, source, goes)


def _with_rows(connection: Session, files: Sequence[Path], where: str) -> list[Path]:
    """Those of the files that hold a row like that."""
    if not files or where == "false":
        return []
    found = connection.execute(
        f"""select distinct filename
        from read_parquet([{sql.files(files)}], filename = true, union_by_name = true,
            hive_partitioning = false)
        where {where}"""
    ).fetchall()
    names = {file_name for (file_name,) in found}
    return [path for path in files if str(path) in names]


def _as_today(connection: Session, stored: Sequence[Path], contract: Contract) -> None:
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


def _reinstated(pending: PendingLoad, contract: Contract, source: str) -> str:
    """SQL: the rows that count again now, as rows of the raw layer."""
    columns = ", ".join(name(column) for column in contract.names)
    return f"""
        select {columns}, {text(source)} as source, delivered_on, file_name, file_row,
            cast({pending.load_id} as bigint) as load_id, true as is_restatement, event_date
        from reinstated"""


def _write_rows(connection: Session, pending: PendingLoad, source: str, rows: str) -> None:
    folder = raw_layer.private_dir(pending.rows_dir)
    connection.execute(
        f"""copy ({rows}) to {text(folder)} (
            format parquet, compression zstd, partition_by (event_date),
            filename_pattern '{carried_over(source, pending.load_id)}{{i}}',
            overwrite_or_ignore true
        )"""
    )


def _write_redelivered(
    connection: Session,
    pending: PendingLoad,
    contract: Contract,
    source: str,
    redelivered: Sequence[Path],
    goes: str,
) -> None:
    """What is remembered of duplicates, without what goes, and settled where it repeated that."""
    key = ", ".join(name(column) for column in contract.key)
    settled = f"hash({key}) in (select _key_hash from duplicate_candidates)"
    superseded = _with_rows(connection, redelivered, f"{goes} or {settled}")
    if not superseded:
        return
    lines = f"""
        select * from read_parquet([{sql.files(superseded)}], union_by_name = true)
        where not {goes} and not {settled}
        union all by name
        {versions.redelivered_sql(contract, source, "redelivered")}"""
    _write_aside(connection, pending, source, lines, "redelivered")
    pending.superseded += superseded


def _write_quarantine(connection: Session, pending: PendingLoad, source: str, goes: str) -> None:
    folder = raw_layer.quarantine_dir(pending.settings, pending.kind)
    stored = raw_layer.files_of_source(sorted(folder.glob("*.parquet")), source)
    superseded = _with_rows(connection, stored, goes)
    if superseded:
        rows = f"""
            select * from read_parquet([{sql.files(superseded)}], union_by_name = true)
            where not {goes}"""
        _write_aside(connection, pending, source, rows, "quarantine")
        pending.superseded += superseded


def _write_aside(
    connection: Session, pending: PendingLoad, source: str, rows: str, part: str
) -> None:
    if only_value(connection, f"select exists ({rows})"):
        folder = raw_layer.private_dir(pending.folder / part)
        path = folder / f"{carried_over(source, pending.load_id)}0.parquet"
        connection.execute(f"copy ({rows}) to {text(path)} (format parquet, compression zstd)")
        os.chmod(path, 0o600)


def _count(connection: Session, rows: str) -> int:
    return int(only_value(connection, f"select count(*) from {rows}"))
