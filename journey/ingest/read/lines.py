"""JSON files as values, one a row: lines as they are, documents and lists taken apart.

A value is no record when it is blank, no JSON, or a list; what its members are is not looked at
here, but for the names under which tools list their records.
"""

from collections.abc import Sequence
from typing import Any

from journey.core import sql
from journey.core.database import Connection, only_value
from journey.core.sql import text, texts
from journey.ingest.read import concatenated, counts, members
from journey.ingest.read.errors import (
    BadFilesError,
    ConcatenatedError,
    NotDocumentsError,
    UnreadableError,
)
from journey.ingest.read.inspection import LONGEST_LINE, Inspected
from journey.ingest.read.relations import Lines

LONGEST_ROW = 100_000  # one broken line longer than this is a broken file, not a broken row
NO_JSON = "\x01\x02\x03\x04"  # signs that no JSON has as they are, so that they part no line
NOT_WHOLE = "it is not whole JSON; deliver it again, whole"


def read_values(
    connection: Connection,
    files: Sequence[Inspected],
    structure: dict[str, Any] | None,
    wrappers: tuple[str, ...],
) -> Lines:
    """The records of like files, and what should be one. `structure` is that of a record.

    An object is a wrapper when it has a member of that name and none of a record's other members.
    """
    lines = Lines()
    own = [member.lower() for member in structure or {} if member not in wrappers]
    if files[0].is_document:
        _read_documents(connection, lines, files, own, wrappers)
    else:
        _read_lines(connection, lines, files)
        _unwrap_lines(connection, lines, own, wrappers)
    return lines


def _read_lines(connection: Connection, lines: Lines, files: Sequence[Inspected]) -> None:
    # Numbering lines takes them in order, so in one thread: each thread gets files of its own.
    threads = only_value(connection, "select current_setting('threads')")
    size = -(-len(files) // min(threads, len(files)))
    lanes = []
    for start in range(0, len(files), size):
        paths = sql.files(file.path for file in files[start : start + size])
        lanes.append(
            f"""select {start} + file_index as _file, row_number() over () as _line, line
            from read_csv(
                [{paths}], columns = {{'line': 'varchar'}}, delim = {text(NO_JSON)}, quote = '',
                escape = '', header = false, auto_detect = false, strict_mode = false,
                hive_partitioning = false, max_line_size = {LONGEST_LINE}
            )"""
        )
    connection.execute(
        f"""create table {lines.values} as
        select _file, _line, line, {_fault("line")} as fault, cast(null as varchar) as value
        from ({" union all ".join(lanes)})"""
    )
    _find_starts(connection, lines)
    _require_every_line(connection, lines, files)
    joined = connection.execute(
        f"""select distinct _file from {lines.values} where fault = 'unparseable'
        and regexp_matches(line, {text(concatenated.BOUNDARY)})"""
    ).fetchall()
    if places := {place for (place,) in joined if not files[place].is_fixed}:
        raise ConcatenatedError(places)
    doubtful = [place for place, file in enumerate(files) if file.was_document]
    if doubtful:
        broken = connection.execute(
            f"""select _file from {lines.values} where list_contains({doubtful}, _file)
            group by _file having count_if(fault = 'unparseable')
                > count_if(fault is null or fault = 'array')"""
        ).fetchall()
        if broken:
            raise BadFilesError({place: UnreadableError(NOT_WHOLE) for (place,) in broken})


def _find_starts(connection: Connection, lines: Lines) -> None:
    connection.execute(
        f"""create or replace table {lines.starts} as
        select _file, min(_line) - 1 as before_first from {lines.values} group by all"""
    )


def _require_every_line(connection: Connection, lines: Lines, files: Sequence[Inspected]) -> None:
    """Raise BadFilesError where a line that the file's bytes have was not read as one."""
    read = counts.by_file(connection, f"select _file, count(*) from {lines.values} group by all")
    other = {
        place: UnreadableError(
            f"it has {file.lines:,} lines and {read.get(place, 0):,} could be read; deliver it "
            "with line feeds at the ends of its lines"
        )
        for place, file in enumerate(files)
        if file.lines not in (0, read.get(place, 0))
    }
    if other:
        raise BadFilesError(other)


def _fault(line: str) -> str:
    """SQL: why a line is no record of its own; null where it is one."""
    return f"""case
        when starts_with({line}, '{{') and json_valid({line}) then null
        when {line} is null or tidy({line}) is null then 'blank'
        when not json_valid({line}) then 'unparseable'
        when starts_with(ltrim({line}), '{{') then null
        when starts_with(ltrim({line}), '[') then 'array'
        else 'unparseable'
    end"""


def _unwrapped(content: str, own: Sequence[str], wrappers: tuple[str, ...]) -> str:
    """SQL: the records in a JSON value. `own` are a record's members that are no wrappers."""
    if wrappers:
        path = """'$."' || wrapper || '"'"""
        filled = f"""list_filter(
            json_keys({content}),
            lambda wrapper: list_contains([{texts(wrappers)}], lower(wrapper))
                and json_type({content}, {path}) in ('ARRAY', 'OBJECT')
        )"""
        listed = f"""case
            when {members.has_any(content, own)} then null
            when {members.is_given_twice(content, wrappers)} then null
            when len({filled}) > 0 then flatten(list_transform(
                {filled},
                lambda wrapper: case json_type({content}, {path})
                    when 'ARRAY' then cast(json_extract({content}, {path}) as json[])
                    else [json_extract({content}, {path})]
                end
            ))
        end"""
    else:
        listed = (
            f"case when len(json_keys({content})) = 1 and json_type({content}, '$.*') = ['ARRAY']"
            f" then json_extract(json_extract({content}, '$.*')[1], '$[*]') end"
        )
    return f"""cast(
        case json_type({content})
            when 'ARRAY' then json_extract({content}, '$[*]')
            when 'OBJECT' then coalesce({listed}, [cast({content} as json)])
            else [cast({content} as json)]
        end as varchar[]
    )"""


def _read_documents(
    connection: Connection,
    lines: Lines,
    files: Sequence[Inspected],
    own: Sequence[str],
    wrappers: tuple[str, ...],
) -> None:
    """Documents are read whole; raises for those that are no JSON, apart from the others."""
    paths = ", ".join(
        f"({number}, {text(file.path)}, {str(file.is_one_line).lower()})"
        for number, file in enumerate(files)
    )
    documents = f"""(
        select place._file, place.is_one_line, ltrim(content, chr(65279)) as content
        from read_text([{sql.files(file.path for file in files)}]) as file
        inner join (values {paths}) as place(_file, path, is_one_line)
            on file.filename = place.path
    )"""
    # One broken line in a file of its own is a broken row; a broken document hides its rows.
    may_be_a_row = not wrappers
    broken = connection.execute(
        f"""select _file, regexp_matches(content, {text(concatenated.BOUNDARY)}) as is_joined,
            {str(may_be_a_row).lower()} and is_one_line
            and starts_with(content, '{{') and length(content) < {LONGEST_ROW} as is_row
        from {documents} where not json_valid(content)"""
    ).fetchall()
    if joined := {place for place, is_joined, _ in broken if is_joined}:
        raise ConcatenatedError(joined)
    if others := {place for place, _, is_row in broken if not is_row}:
        raise NotDocumentsError(others)
    connection.execute(
        f"""create table {lines.values} as
        select _file, position as _line, line, {_fault("line")} as fault,
            cast(null as varchar) as value
        from (
            select _file, unnest(records) as line, generate_subscripts(records, 1) as position
            from (
                select _file, case when json_valid(content)
                    then {_unwrapped("content", own, wrappers)} else [content] end as records
                from {documents}
            )
        )"""
    )
    connection.execute(
        f"""create table {lines.starts} as
        select distinct _file, cast(0 as bigint) as before_first from {lines.values}"""
    )


def _unwrap_lines(
    connection: Connection,
    lines: Lines,
    own: Sequence[str],
    wrappers: tuple[str, ...],
) -> None:
    """Lines that hold several records each (a webhook's posts, an API's pages) become them."""
    wrapped = "fault = 'array'"
    if wrappers:
        wrapped += (
            f" or (fault is null and {members.has_any('line', wrappers)}"
            f" and not {members.has_any('line', own)}"
            f" and not {members.is_given_twice('line', wrappers)})"
        )
    is_any = f"select exists (select 1 from {lines.values} where {wrapped})"
    if not only_value(connection, is_any):
        return
    connection.execute(
        f"""create or replace table {lines.values} as
        select _file, row_number() over (order by _file, _line, position) as _line, line,
            {_fault("line")} as fault, cast(null as varchar) as value
        from (
            select _file, _line, unnest(records) as line,
                generate_subscripts(records, 1) as position
            from (
                select _file, _line, case when {wrapped}
                    then {_unwrapped("content", own, wrappers)} else [line] end as records
                from (select *, case when {wrapped} then line end as content from {lines.values})
                where fault is null or fault <> 'blank'
            )
        )"""
    )
    _find_starts(connection, lines)
