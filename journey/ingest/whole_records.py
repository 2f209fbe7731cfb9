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
    if read.unread:
        read.set_aside(connection, rest_of(source, read.unread))


def rest_of(source: Source, rows: str) -> str:
    """SQL: the rows of `delivered`, as `set_aside` takes them, of the records that `rows` are of.

    `rows` themselves are not among them.
    """
    key = f"try({mapping.group_key(source)})"
    may_be_of_one = f"where coalesce(try(({source.where})), true)" if source.where else ""
    is_of_one = f"where coalesce(try(({source.where})), false)" if source.where else ""
    return f"""
        select member._file, member._row, {text(INCOMPLETE)} as reason
        from (select _file, _row, {key} as _key from delivered {is_of_one}) as member
        inner join (
            select _file, {key} as _key, list(_row) as rows
            from ({rows}) as delivered {may_be_of_one} group by all
        ) as lacking on member._file = lacking._file and member._key = lacking._key
        where not list_contains(lacking.rows, member._row)"""
