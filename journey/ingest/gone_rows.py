"""How many of the rows that go with a load nothing gives any more.

Rows are known by their keys. A key that is made from a file's content changes with each export, so
such rows are known by what they say. What the same load put in quarantine is not gone either: it is
counted there. Where that does not say which row it is, it is taken for one of those that went.
"""

from collections.abc import Sequence
from pathlib import Path

from journey.core import sql
from journey.core.database import only_value
from journey.core.sql import name, texts
from journey.ingest import made_keys, raw_layer
from journey.ingest.contracts import Contract
from journey.ingest.pending import PendingLoad
from journey.ingest.planning.landing import Delivery
from journey.ingest.session import Session


def begin(connection: Session) -> None:
    """Have the table `set_aside`: of the rows that a load puts in quarantine, which they are."""
    connection.execute("create or replace table set_aside (file_name varchar, _key_hash ubigint)")


def note_set_aside(connection: Session, contract: Contract) -> None:
    """Let `set_aside` have what the batch of `conformed` has put into `quarantined`."""
    keys = [name(column) for column in contract.key]
    is_unknown = " or ".join((made_keys.is_made(contract), *(f"{key} is null" for key in keys)))
    connection.execute(
        f"""insert into set_aside
        select quarantined.file_name, rejected._key_hash
        from quarantined
        inner join files on quarantined.file_name = files.file_name
        left join (
            select _file, _row, any_value(_key_hash) as _key_hash
            from conformed
            where _reason is not null and not ({is_unknown})
            group by all
        ) as rejected
            on files._file = rejected._file and quarantined.file_row = rejected._row"""
    )


def count(
    connection: Session,
    pending: PendingLoad,
    contract: Contract,
    source: str,
    ended: Sequence[str],
    deliveries: Sequence[Delivery],
) -> int:
    """How many of the rows that bear the `ended` file names are in no file of the source now.

    `deliveries` are what the load has taken of it, with `set_aside`.
    """
    if not ended:
        return 0
    stored = raw_layer.files_of_source(raw_layer.raw_files(pending.settings, pending.kind), source)
    superseded = set(pending.superseded)
    losing = [path for path in stored if path in superseded]
    if not losing:
        return 0
    kept = [path for path in stored if path not in superseded]
    kept += raw_layer.files_of_source(pending.files, source)
    _find_without_key(connection, contract, losing, kept, ended)
    without = "select count(distinct _key_hash) from without_key where not is_made"
    gone = int(only_value(connection, without))
    if only_value(connection, "select exists (from without_key where is_made)"):
        prefixes = [made_keys.prefix_of(delivery.sha256) for delivery in deliveries]
        gone += _gone_by_content(connection, contract, kept, prefixes)
    connection.execute("drop table without_key")
    if gone and deliveries:
        names = texts(delivery.file_name for delivery in deliveries if delivery.supersedes)
        unknown = f"""select count(*) from set_aside
            where _key_hash is null and file_name in ({names or "''"})"""
        gone -= only_value(connection, unknown)
    return max(gone, 0)


def _find_without_key(
    connection: Session,
    contract: Contract,
    losing: Sequence[Path],
    kept: Sequence[Path],
    ended: Sequence[str],
) -> None:
    """Make `without_key`: the rows that go whose keys are among the kept no more.

    The keys that go are few and those that are kept are many, so these are never gathered.
    """
    key = f"hash({', '.join(name(column) for column in contract.key)})"
    connection.execute(
        f"""create or replace table without_key as
        select {key} as _key_hash, {made_keys.is_made(contract)} as is_made,
            {_content(contract)} as content
        from {_rows(contract, losing)}
        where file_name in ({texts(ended)})"""
    )
    if kept:
        connection.execute(
            f"""delete from without_key where _key_hash in (
                select {key} from read_parquet([{sql.files(kept)}], union_by_name = true)
                where {key} in (select _key_hash from without_key)
            )"""
        )
    connection.execute(
        "delete from without_key where _key_hash in (select _key_hash from set_aside)"
    )


def _gone_by_content(
    connection: Session, contract: Contract, kept: Sequence[Path], prefixes: Sequence[str]
) -> int:
    """How many rows with made keys the delivered contents do not say: each as often as it was."""
    given = "select null::ubigint as content, 0 as times where false"
    if kept and prefixes:
        given = f"""
            select {_content(contract)} as content, count(*) as times
            from {_rows(contract, kept)}
            where {made_keys.is_made(contract)}
                and {made_keys.prefix(contract)} in ({texts(prefixes)})
                and {_content(contract)} in (select content from without_key where is_made)
            group by all"""
    found = only_value(
        connection,
        f"""select coalesce(sum(greatest(gone.times - coalesce(given.times, 0), 0)), 0)::bigint
        from (
            select content, count(*) as times from without_key where is_made group by all
        ) as gone
        left join ({given}) as given on gone.content = given.content""",
    )
    return int(found)


def _rows(contract: Contract, files: Sequence[Path]) -> str:
    """SQL: the rows of files, also of those that lack later columns of the contract."""
    typed = ", ".join(f"cast(null as {c.sql_type}) as {name(c.name)}" for c in contract.columns)
    return f"""(
            select {typed} where false
            union all by name
            select * from read_parquet([{sql.files(files)}], union_by_name = true)
        )"""


def _content(contract: Contract) -> str:
    columns = [name(column) for column in contract.names if column not in contract.key]
    return f"hash({', '.join(columns)})"
