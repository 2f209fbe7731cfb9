"""Which rows of a batch are new, which replace another, and which say nothing new.

The versions of a key are ordered by delivery (delivered_on, file_name, file_row), whatever the
order in which the files reach us. A version like the one before it is a duplicate and is not
stored; every other further one is a restatement. Clean rows are never sorted: only keys that are
met more than once, found by aggregation, are looked at here.

A duplicate still says that its content held at its delivery. Were a different version to arrive
late and fall between the two, the content must stand again after it: so duplicates leave a line
in `raw/.redelivered/`, and such a version is `reinstated` when it would be the last of its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from journey.core import sql
from journey.core.sql import name, text
from journey.ingest.contracts import Contract

POSITION = ("delivered_on", "file_name", "file_row")
TABLES = ("contested", "stored_hits", "stored_rows", "versions", "decisions", "reinstated")


@dataclass(frozen=True)
class Known:
    """Parquet files of one source that hold what was kept before, and what was redelivered."""

    stored: Sequence[Path]
    redelivered: Sequence[Path]


def number_equal_hashes(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Tell rows of one file apart whose key is a hash and the same: by their order in the file."""
    key = name(contract.key[0])
    connection.execute(
        """create or replace table contested as
        select rowid as row_id,
            row_number() over (partition by _file, _key_hash order by _row, rowid) as ordinal
        from conformed
        where _is_hashed and _reason is null and (_file, _key_hash) in (
            select (_file, _key_hash) from conformed where _is_hashed and _reason is null
            group by _file, _key_hash having count(*) > 1
        )"""
    )
    connection.execute(
        f"""update conformed
        set {key} = {key} || '-' || ordinal, _key_hash = hash({key} || '-' || ordinal)
        from contested
        where conformed.rowid = contested.row_id and ordinal > 1"""
    )


def decide(
    connection: duckdb.DuckDBPyConnection, contract: Contract, source: str, known: Known
) -> bool:
    """Make the table `decisions` (row_id, outcome) for rows of `conformed` that are not just new.

    Outcomes are duplicate and restated. Also makes `reinstated`, rows to be stored again. Returns
    whether there is anything in either.
    """
    key = ", ".join(name(column) for column in contract.key)
    _find_contested(connection, key, source, known)
    if not connection.execute("select exists (from contested)").fetchone()[0]:
        return False
    content = ", ".join(
        name(column.name) for column in contract.columns if column.name not in contract.key
    )
    _gather_versions(connection, contract, key, content, source, known)
    _judge(connection, key)
    _reinstate(connection, contract, key)
    return True


def redelivered_sql(contract: Contract, source: str) -> str:
    """SQL: the duplicates whose delivery must be remembered, with the version they repeat."""
    key = ", ".join(name(column) for column in contract.key)
    original = ", ".join(f"original.{column} as of_{column}" for column in POSITION)
    return f"""
    select {text(source)} as source, {key}, {", ".join(POSITION)}, {original}
    from judged
    where origin = 'incoming' and not is_kept and original.file_name <> file_name
        and ({", ".join(POSITION)}) > ({", ".join(f"original.{c}" for c in POSITION)})
    """


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what the last batch left on the connection."""
    for table in (*TABLES, "judged"):
        connection.execute(f"drop table if exists {table}")


def _find_contested(
    connection: duckdb.DuckDBPyConnection, key: str, source: str, known: Known
) -> None:
    connection.execute(
        """create or replace table contested as
        select _key_hash from conformed where _reason is null
        group by _key_hash having count(*) > 1"""
    )
    connection.execute(
        """create or replace table stored_hits (
            path varchar, row_number bigint, _key_hash ubigint
        )"""
    )
    if known.stored:
        connection.execute(
            f"""insert into stored_hits
            select filename, file_row_number, hash({key})
            from read_parquet([{sql.files(known.stored)}], file_row_number = true, filename = true,
                hive_partitioning = false)
            where source = {text(source)}
                and hash({key}) in (select _key_hash from conformed where _reason is null)"""
        )
        connection.execute(
            """insert into contested
            select distinct _key_hash from stored_hits
            where _key_hash not in (select _key_hash from contested)"""
        )


def _gather_versions(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    key: str,
    content: str,
    source: str,
    known: Known,
) -> None:
    columns = ", ".join(name(column) for column in contract.names)
    paths = [p for (p,) in connection.execute("select distinct path from stored_hits").fetchall()]
    rows = f"select {columns}, event_date, {', '.join(POSITION)} from "
    if paths:
        # Files of an older contract lack its later columns.
        typed = ", ".join(f"cast(null as {c.sql_type}) as {name(c.name)}" for c in contract.columns)
        rows += f"""(
            select {typed} where false
            union all by name
            select * from read_parquet([{sql.files(paths)}], file_row_number = true,
                filename = true, hive_partitioning = true,
                hive_types = {{'event_date': date}}, union_by_name = true)
        ) as stored
        inner join stored_hits
            on stored.filename = stored_hits.path
            and stored.file_row_number = stored_hits.row_number"""
    else:
        rows += """(
            select *, cast(null as date) as delivered_on, cast(null as varchar) as file_name,
                cast(null as bigint) as file_row
            from conformed
        ) where false"""
    connection.execute(f"create or replace table stored_rows as {rows}")
    connection.execute(
        f"""create or replace table versions as
        select 'incoming' as origin, conformed.rowid as row_id, {key},
            hash({content}) as content, delivered_on, file_name, _row as file_row
        from conformed inner join files on conformed._file = files._file
        where _reason is null and _key_hash in (select _key_hash from contested)
        union all
        select 'stored', null, {key}, hash({content}), {", ".join(POSITION)} from stored_rows"""
    )
    if known.redelivered:
        same_key = " and ".join(
            f"again.{name(column)} is not distinct from original.{name(column)}"
            for column in contract.key
        )
        connection.execute(
            f"""insert into versions
            select distinct 'redelivered', cast(null as bigint),
                {", ".join("again." + name(column) for column in contract.key)},
                original.content, {", ".join("again." + column for column in POSITION)}
            from read_parquet([{sql.files(known.redelivered)}]) as again
            inner join versions as original
                on {same_key} and original.origin = 'stored'
                and {" and ".join(f"again.of_{c} = original.{c}" for c in POSITION)}
            where again.source = {text(source)}"""
        )


def _judge(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    """Runs of equal content, in the order of delivery: each run is stored once."""
    position = ", ".join(POSITION)
    place = ", ".join(f"'{column}': {column}" for column in POSITION)
    connection.execute(
        f"""create or replace table judged as
        with changes as (
            select *,
                lag(content) over in_order is distinct from content as is_change
            from versions
            window in_order as (partition by {key} order by {position}, content)
        ),

        runs as (
            select *,
                sum(cast(is_change as integer)) over (
                    partition by {key} order by {position}, content
                    rows between unbounded preceding and current row
                ) as run
            from changes
        ),

        seen as (
            select *,
                bool_or(origin = 'stored') over (partition by {key}, run) as is_run_stored,
                bool_or(origin = 'incoming') over (partition by {key}, run) as is_run_incoming,
                bool_or(origin <> 'incoming') over (partition by {key}) as is_key_known,
                max(run) over (partition by {key}) as last_run,
                row_number() over (
                    partition by {key}, run, origin order by {position}, content
                ) as place_in_run,
                first_value({{{place}}}) over (
                    partition by {key}, run
                    order by (origin = 'stored') desc, (origin = 'incoming') desc, {position}
                    rows between unbounded preceding and unbounded following
                ) as original
            from runs
        )

        select *,
            origin = 'incoming' and not is_run_stored and place_in_run = 1 as is_kept,
            origin = 'redelivered' and not is_run_stored and not is_run_incoming
                and run = last_run and place_in_run = 1 as is_reinstated
        from seen"""
    )
    connection.execute(
        """create or replace table decisions as
        select row_id, case when is_kept then 'restated' else 'duplicate' end as outcome
        from judged
        where origin = 'incoming' and not (is_kept and run = 1 and not is_key_known)"""
    )


def _reinstate(connection: duckdb.DuckDBPyConnection, contract: Contract, key: str) -> None:
    """The stored row that a redelivery repeats, at the redelivery's place."""
    columns = ", ".join(f"stored_rows.{name(column)}" for column in contract.names)
    same_key = " and ".join(
        f"stored_rows.{name(column)} is not distinct from judged.{name(column)}"
        for column in contract.key
    )
    content = ", ".join(
        f"stored_rows.{name(column.name)}"
        for column in contract.columns
        if column.name not in contract.key
    )
    connection.execute(
        f"""create or replace table reinstated as
        select {columns}, stored_rows.event_date,
            {", ".join("judged." + column for column in POSITION)}
        from judged
        inner join stored_rows on {same_key} and hash({content}) = judged.content
        where is_reinstated
        qualify row_number() over (
            partition by {", ".join("judged." + name(column) for column in contract.key)}
            order by stored_rows.delivered_on, stored_rows.file_name, stored_rows.file_row
        ) = 1"""
    )
