"""Which rows of a batch are new, which replace another, and which say nothing new.

The versions of a key are ordered by delivery (delivered_on, file_name, file_row), whatever the
order in which the files reach us. A version like the one before it is a duplicate and is not
stored; every other further one is a restatement: of each run of equal versions one row is stored.
Clean rows are never sorted: only keys that are met more than once, found by aggregation, are looked
at here.

A duplicate still says that its content held at its delivery. Were a different version to arrive
late and fall between the two, or the delivery of the stored row to be replaced, the content must
stand again: so duplicates leave a line in `raw/.redelivered/`, and a run of which no row is stored
any more is `reinstated`.

What a path held before is dead with its next content. Rows of that are still counted as duplicates
of it, or restatements; what is stored is decided as if it had never been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from journey.core import sql
from journey.core.database import Connection, only_value
from journey.core.sql import name, text, texts
from journey.ingest.contracts import Contract

POSITION = ("delivered_on", "file_name", "file_row")
TABLES = (
    "duplicate_candidates", "stored_hits", "stored_rows", "versions", "judged", "reported",
    "decisions", "reinstated",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Parquet files of one source that hold what was kept before, and what was redelivered.

    `dead` are further files, of whose rows those count that bear the `dropped` file names: they are
    deliveries that are replaced.
    """

    stored: Sequence[Path]
    redelivered: Sequence[Path]
    dead: Sequence[Path] = ()
    dropped: Sequence[str] = ()


@dataclass(frozen=True)
class Decisions:
    """The relations that say what becomes of rows of `conformed` that are not just new.

    `of_rows` has `_row_id`, the `_outcome` (duplicate or restated), whether the row is stored
    (`_is_kept`) and then is one of several of its key (`_is_restated`): names that no contract
    gives. `reinstated` has the rows that are to be stored again.
    """

    of_rows: str = "decisions"
    reinstated: str = "reinstated"


def number_equal_hashes(connection: Connection, contract: Contract) -> None:
    """Tell rows of one file apart whose key is a hash and the same: by their order in the file."""
    key = name(contract.key[0])
    connection.execute(
        """create or replace table duplicate_candidates as
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
        from duplicate_candidates
        where conformed.rowid = duplicate_candidates.row_id and ordinal > 1"""
    )


def decide(
    connection: Connection, contract: Contract, source: str, known: Known
) -> Decisions | None:
    """Decide about the rows of `conformed`; None where all of them are just new."""
    key = _key(contract)
    _find_candidates(connection, key, source, known)
    if not only_value(connection, "select exists (from duplicate_candidates)"):
        return None
    _gather_versions(connection, contract, source, known, is_with_incoming=True)
    _judge(connection, key)
    _decide(connection)
    _reinstate(connection, contract)
    return Decisions()


def settle(connection: Connection, contract: Contract, source: str, known: Known) -> None:
    """Make up for the rows that go with the dropped file names, before anything new is read.

    Makes `reinstated`, rows to be stored again, and `duplicate_candidates`, hashes of keys whose
    lines in `raw/.redelivered/` are to be written again, by `redelivered_sql`.
    """
    key = _key(contract)
    _find_touched(connection, key, source, known)
    _gather_versions(connection, contract, source, known, is_with_incoming=False)
    _judge(connection, key)
    _reinstate(connection, contract)


def redelivered_sql(contract: Contract, source: str, origin: str = "incoming") -> str:
    """SQL: the duplicates whose delivery must be remembered, with the version they repeat.

    Of the incoming rows, or, after `settle`, of those that are `redelivered` already.
    """
    key = _key(contract)
    original = ", ".join(f"original.{column} as of_{column}" for column in POSITION)
    return f"""
    select {text(source)} as source, {key}, {", ".join(POSITION)}, {original}
    from judged
    where origin = {text(origin)} and not is_kept and not is_reinstated
        and original.file_name <> file_name
    """


def drop(connection: Connection) -> None:
    """Drop what the last batch left on the connection."""
    for table in TABLES:
        connection.execute(f"drop table if exists {table}")


def _find_candidates(connection: Connection, key: str, source: str, known: Known) -> None:
    connection.execute(
        """create or replace table duplicate_candidates as
        select _key_hash from conformed where _reason is null
        group by _key_hash having count(*) > 1"""
    )
    connection.execute(
        """create or replace table stored_hits (
            path varchar, row_number bigint, _key_hash ubigint, is_dead boolean
        )"""
    )
    incoming = f"hash({key}) in (select _key_hash from conformed where _reason is null)"
    if known.stored:
        _find_stored(connection, key, source, known.stored, "false", incoming)
    if known.dead:
        _find_stored(
            connection, key, source, known.dead, "true", f"{incoming} and {_is_dropped(known)}"
        )
    connection.execute(
        """insert into duplicate_candidates
        select distinct _key_hash from stored_hits
        where _key_hash not in (select _key_hash from duplicate_candidates)"""
    )


def _find_touched(connection: Connection, key: str, source: str, known: Known) -> None:
    """Make `duplicate_candidates`, the keys that lose a stored row and have a redelivery."""
    of_source = f"source = {text(source)}"
    stored = f"read_parquet([{sql.files(known.stored)}], union_by_name = true)"
    connection.execute("create or replace table duplicate_candidates (_key_hash ubigint)")
    if known.redelivered:
        again = f"read_parquet([{sql.files(known.redelivered)}], union_by_name = true)"
        connection.execute(
            f"""insert into duplicate_candidates
            select distinct hash({key}) from {again}
            where {of_source} and not {_is_dropped(known)}
                and hash({key}) in (
                    select hash({key}) from {stored} where {of_source} and {_is_dropped(known)}
                )"""
        )
    connection.execute(
        """create or replace table stored_hits (
            path varchar, row_number bigint, _key_hash ubigint, is_dead boolean
        )"""
    )
    if only_value(connection, "select exists (from duplicate_candidates)"):
        touched = f"hash({key}) in (select _key_hash from duplicate_candidates)"
        _find_stored(connection, key, source, known.stored, _is_dropped(known), touched)


def _find_stored(
    connection: Connection,
    key: str,
    source: str,
    files: Sequence[Path],
    is_dead: str,
    where: str,
) -> None:
    connection.execute(
        f"""insert into stored_hits
        select filename, file_row_number, hash({key}), {is_dead}
        from read_parquet([{sql.files(files)}], file_row_number = true, filename = true,
            hive_partitioning = false)
        where source = {text(source)} and {where}"""
    )


def _is_dropped(known: Known, of: str = "") -> str:
    return f"{of}file_name in ({texts(known.dropped)})" if known.dropped else "false"


def _key(contract: Contract) -> str:
    return ", ".join(name(column) for column in contract.key)


def _gather_versions(
    connection: Connection,
    contract: Contract,
    source: str,
    known: Known,
    *,
    is_with_incoming: bool,
) -> None:
    key = _key(contract)
    content = ", ".join(
        name(column.name) for column in contract.columns if column.name not in contract.key
    )
    columns = ", ".join(name(column) for column in contract.names)
    paths = [p for (p,) in connection.execute("select distinct path from stored_hits").fetchall()]
    # Files of an older contract lack its later columns.
    typed = ", ".join(f"cast(null as {c.sql_type}) as {name(c.name)}" for c in contract.columns)
    rows = f"select {columns}, event_date, {', '.join(POSITION)}, is_dead from "
    if paths:
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
        rows += f"""(
            select {typed}, cast(null as date) as event_date, cast(null as date) as delivered_on,
                cast(null as varchar) as file_name, cast(null as bigint) as file_row,
                false as is_dead
        ) where false"""
    connection.execute(f"create or replace table stored_rows as {rows}")
    incoming = f"""
        select 'incoming' as origin, conformed.rowid as row_id, {key},
            hash({content}) as content, delivered_on, file_name, _row as file_row
        from conformed inner join files on conformed._file = files._file
        where _reason is null and _key_hash in (select _key_hash from duplicate_candidates)
        union all"""
    connection.execute(
        f"""create or replace table versions as
        {incoming if is_with_incoming else ""}
        select case when is_dead then 'dead' else 'stored' end as origin,
            cast(null as bigint) as row_id, {key}, hash({content}) as content,
            {", ".join(POSITION)}
        from stored_rows"""
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
                on {same_key} and original.origin in ('stored', 'dead')
                and {" and ".join(f"again.of_{c} = original.{c}" for c in POSITION)}
            where again.source = {text(source)}
                and not {_is_dropped(known, "again.")}"""
        )


def _judge(connection: Connection, key: str) -> None:
    """Make `judged`, of what counts, and `reported`, of that and of what is dead."""
    connection.execute(
        "create or replace table judged as " + _judged(key, "versions where origin <> 'dead'")
    )
    has_dead = only_value(connection, "select exists (from versions where origin = 'dead')")
    reported = _judged(key, "versions") if has_dead else "select * from judged"
    connection.execute(f"create or replace table reported as {reported}")


def _judged(key: str, versions: str) -> str:
    """SQL: runs of equal content, in the order of delivery: of each one version is stored.

    What a path held before goes before what it holds since.
    """
    position = "delivered_on, file_name, origin <> 'dead', file_row"
    place = ", ".join(f"'{column}': {column}" for column in POSITION)
    return f"""
        with changes as (
            select *,
                lag(content) over in_order is distinct from content as is_change
            from {versions}
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
                bool_or(origin in ('stored', 'dead')) over of_run as is_run_stored,
                bool_or(origin = 'incoming') over of_run as is_run_incoming,
                bool_or(origin <> 'incoming') over (partition by {key}) as is_key_known,
                row_number() over (
                    partition by {key}, run, origin order by {position}, content
                ) as place_in_run,
                first_value({{{place}}}) over (
                    partition by {key}, run
                    order by (origin = 'stored') desc, (origin = 'incoming') desc, {position}
                    rows between unbounded preceding and unbounded following
                ) as original
            from runs
            window of_run as (partition by {key}, run)
        )

        select *,
            origin = 'incoming' and not is_run_stored and place_in_run = 1 as is_kept,
            run = 1 and not is_key_known as is_first,
            origin = 'redelivered' and not is_run_stored and not is_run_incoming
                and place_in_run = 1 as is_reinstated
        from seen"""


def _decide(connection: Connection) -> None:
    connection.execute(
        """create or replace table decisions as
        select
            reported.row_id as _row_id,
            case when reported.is_kept then 'restated' else 'duplicate' end as _outcome,
            judged.is_kept as _is_kept,
            judged.is_kept and not judged.is_first as _is_restated
        from reported
        inner join judged on reported.row_id = judged.row_id
        where reported.origin = 'incoming' and not (reported.is_kept and reported.is_first)"""
    )


def _reinstate(connection: Connection, contract: Contract) -> None:
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
            partition by {", ".join("judged." + name(c) for c in (*contract.key, *POSITION))}
            order by stored_rows.delivered_on, stored_rows.file_name, stored_rows.file_row
        ) = 1"""
    )
