"""Records that are made of several rows: a row that cannot be read costs the record it belongs to.

Kept without it, the record would have a sum that is wrong. So the other rows of the record are set
aside with it. Where its key is not known, the record is taken to be one of its neighbours': rows
of one record follow one another.
"""

from journey.core.database import Connection, only_value
from journey.core.settings import Source
from journey.core.sql import text
from journey.ingest.conform import mapping
from journey.ingest.read import not_utf8
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import DELIVERED, UNREADABLE

INCOMPLETE = "record_incomplete"


def set_rest_aside(source: Source, read: Reading) -> None:
    """Set aside the rows of `delivered` whose record has a row that is unreadable by itself."""
    has_unreadable = f"select exists (select 1 from {UNREADABLE})"
    unread, partly_unread = read.unread, read.partly_unread
    if (unread or partly_unread) and only_value(read.connection, has_unreadable):
        read.set_aside(rest_of(read.connection, source, unread, partly_unread))


def rest_of(connection: Connection, source: Source, rows: str, parts: str = "") -> str:
    """SQL: the rows of `delivered`, as `set_aside` takes them, of the records that `rows` are of.

    And of those that `parts` may be of, which are rows of which some values are known, each in one
    way or more. `rows` themselves are not among them.
    """
    key, where = mapping.group_key(source), mapping.enclosed(source.where or "true")
    is_unknown = mapping.is_part_unknown(source)
    if mapping.takes_try(connection, key, where, is_unknown):
        key, where, is_unknown = f"try({key})", f"try({where})", f"try({is_unknown})"
    is_marked = not_utf8.is_marked("cast(_key as varchar)")
    # Some values alone do not show what the source leaves out.
    lacking = [
        f"""select _file, _row, {key} as _key, coalesce({is_unknown}, true) as _is_unknown
        from ({relation}) as {DELIVERED} {condition}"""
        for relation, condition in ((rows, f"where coalesce({where}, true)"), (parts, ""))
        if relation
    ]
    return f"""
        with lacking as materialized (
            select _file, _row, _key, _is_unknown or {is_marked} as _is_unknown
            from ({" union all ".join(lacking)})
        ),
        member as materialized (
            select _file, _row, {key} as _key
            from {DELIVERED} as delivered
            anti join lacking on delivered._file = lacking._file and delivered._row = lacking._row
            where coalesce({where}, false)
        ),
        unclear as (
            select lacking._file, lacking._row
            from lacking
            anti join (
                select known._file, known._row from lacking as known
                semi join member on known._file = member._file and known._key = member._key
                where not known._is_unknown
            ) as found on lacking._file = found._file and lacking._row = found._row
            group by lacking._file, lacking._row
            having bool_or(_is_unknown) or count(distinct _key) > 1
        ),
        beside as (
            select
                _file,
                _is_unclear,
                max(_member) over (partition by _file order by _row) as before,
                min(_member) over (partition by _file order by _row desc) as after
            from (
                select _file, _row, _row as _member, false as _is_unclear from member
                union all
                select _file, _row, null, true from unclear
            )
        ),
        incomplete as (
            select _file, _key from lacking
            union
            select member._file, member._key
            from member
            semi join (
                select _file, unnest([before, after]) as _row from beside where _is_unclear
            ) as neighbour on member._file = neighbour._file and member._row = neighbour._row
        )
        select member._file, member._row, {text(INCOMPLETE)} as reason
        from member
        semi join incomplete
            on member._file = incomplete._file and member._key = incomplete._key"""
