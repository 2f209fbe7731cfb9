"""Records that are made of several rows: a row that cannot be read costs the record it belongs to.

Kept without it, the record would have a sum that is wrong. So the other rows of the record are set
aside with it.
"""

import duckdb

from journey.core.settings import Source
from journey.core.sql import text
from journey.ingest import mapping
from journey.ingest.reading import Reading

INCOMPLETE = "record_incomplete"


def set_rest_aside(connection: duckdb.DuckDBPyConnection, source: Source, read: Reading) -> None:
    """Set aside the rows of `delivered` whose record has a row that is unreadable by itself."""
    has_unreadable = "select exists (select 1 from unreadable)"
    if read.unread and connection.execute(has_unreadable).fetchone()[0]:
        read.set_aside(connection, rest_of(connection, source, read.unread))


def rest_of(connection: duckdb.DuckDBPyConnection, source: Source, rows: str) -> str:
    """SQL: the rows of `delivered`, as `set_aside` takes them, of the records that `rows` are of.

    `rows` themselves are not among them.
    """
    key, where = mapping.group_key(source), f"({source.where or 'true'})"
    if mapping.takes_try(connection, key, where):
        key, where = f"try({key})", f"try({where})"
    return f"""
        with member as (
            select _file, _row, {key} as _key from delivered where coalesce({where}, false)
        ),
        lacking as (
            select _file, _row, {key} as _key
            from ({rows}) as delivered where coalesce({where}, true)
        )
        select _file, _row, {text(INCOMPLETE)} as reason
        from member
        semi join lacking on member._file = lacking._file and member._key = lacking._key
        anti join lacking as itself
            on member._file = itself._file and member._row = itself._row"""
