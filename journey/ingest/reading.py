"""Delivered files as relations: rows with their file and line, still in the tool's own words.

After `read` the connection has, for one batch of like files of one source,

    delivered   _file, _row and the columns asked for, of every row that can be read
    unreadable  _file, _row, reason, value, row_text of every row that cannot
    counted     _file, records: how many rows each file holds, readable or not

and the Reading can give any row's text as delivered. What a row means is the format's to say, what
it must hold the contract's.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from journey.core import sql
from journey.core.sizes import in_words
from journey.core.sql import name, text, texts
from journey.ingest import (
    broken_lines,
    concatenated,
    mixed_members,
    nesting,
    not_utf8,
    one_spelling,
    parquet_types,
    physical_lines,
    shapes,
    spellings,
)
from journey.ingest.formats import sql_type
from journey.ingest.inspection import LONGEST_LINE, Inspected, TooLargeError, UnreadableError

LONGEST_ROW = 100_000  # one broken line longer than this is a broken file, not a broken row
VALUE_BYTES = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
VECTOR_ROWS = 2048
NO_JSON = "\x01\x02\x03\x04"  # signs that no JSON has as they are, so that they part no line
OTHER_TYPES = ("double", "timestamp")  # of a CSV column that holds a word among them
ROWS = "<rows>"
IS_WHOLE = """case when fault = 'nested_too_deep' or not json_valid(line) then false
    else json_type(line) = 'OBJECT' end"""
UNNAMEABLE = ("", "_file", "_row", "_line")  # no name in SQL, or one that is ours
RELATIONS = ("lines", "cells", "refused_cells", "line_starts", "rows_set_aside", "failing")
VIEWS = ("delivered", "unreadable", "unreadable_by_itself", "counted", "kept", "records")

Retypable = tuple[Any, Any, Sequence[Any]]  # a place, its type, and those that it may have


@dataclass
class Reading:
    """What was read. `columns` are those of `delivered`, with their types.

    `is_open_ended` tells of records that leave out the members they have no value for.
    """

    columns: dict[str, str]
    _delivered: str = field(repr=False)
    _texts: str = field(repr=False)
    is_open_ended: bool = False
    _retyped: Callable[[Any, Any], str] | None = field(default=None, repr=False)
    _types_at: Callable[[set[str]], list[Retypable]] | None = field(default=None, repr=False)
    _unread: Callable[[], str] | None = field(default=None, repr=False)
    _partly_unread: Callable[[], str] | None = field(default=None, repr=False)
    _absent: str = field(default="", repr=False)
    _has_rows_aside: bool = field(default=False, repr=False)

    def add_absent(self, connection: duckdb.DuckDBPyConnection, members: Sequence[str]) -> None:
        """Let `delivered` have members that no record gives, as nothing."""
        self._absent = "".join(f", null as {name(member)}" for member in members)
        self.show(connection)

    def other_types(self, used: set[str]) -> list[Retypable]:
        """Places whose type hangs on single rows, of these names (lower case): each with the type
        that it has, and those that it may have."""
        return self._types_at(used) if self._types_at else []

    def retype(self, connection: duckdb.DuckDBPyConnection, place: Any, type: Any) -> None:
        """Let a place of `delivered` be of another type.

        A value of none is an error there, or makes its row unreadable.
        """
        self._delivered = self._retyped(place, type)
        self.show(connection)

    def show(self, connection: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
        """Let `delivered` have the rows that fulfil a condition on _row, but those set aside."""
        delivered = f"select *{self._absent} from ({self._delivered}) where {condition}"
        connection.execute(f"create or replace view delivered as {delivered}")

    def set_aside(self, connection: duckdb.DuckDBPyConnection, rows: str) -> None:
        """Let `unreadable` have these rows too, and `delivered` not: SQL of _file, _row, reason."""
        if not self._has_rows_aside:
            self._has_rows_aside = True
            connection.execute(
                "create table rows_set_aside (_file bigint, _row bigint, reason varchar)"
            )
            connection.execute("alter view unreadable rename to unreadable_by_itself")
            connection.execute(
                f"""create view unreadable as
                select _file, _row, reason, value, row_text from unreadable_by_itself
                union all
                select _file, _row, reason, cast(null as varchar), row_text
                from ({self.with_texts("rows_set_aside")})"""
            )
        connection.execute(f"insert into rows_set_aside select _file, _row, reason from ({rows})")
        # Before any value is cast: they may be why it cannot be.
        connection.execute(
            """create or replace view kept as
            select * from records where not exists (
                select 1 from rows_set_aside as aside
                where aside._file = records._file and aside._row = records._row
            )"""
        )
        self.show(connection)

    @property
    def unread(self) -> str:
        """SQL: the rows of `unreadable` that have values all the same, as `delivered` has them.

        Nothing where there can be none.
        """
        return self._with_absent(self._unread)

    @property
    def partly_unread(self) -> str:
        """SQL: the other rows of `unreadable` with the values that can be told of them, which may
        be another row's column. Nothing where there can be none."""
        return self._with_absent(self._partly_unread)

    def _with_absent(self, rows: Callable[[], str] | None) -> str:
        return f"select *{self._absent} from ({rows()})" if rows else ""

    def with_texts(self, rows: str) -> str:
        """SQL: the relation `rows` (with _file, _row) and `row_text`, the row as delivered."""
        return self._texts.replace(ROWS, rows)


RENAME = "rename one of them"
NOT_WHOLE = "it is not whole JSON; deliver it again, whole"


class BadFilesError(Exception):
    """Some files of the batch cannot be read; the others can. Why not, by place in the batch."""

    def __init__(self, reasons: dict[int, UnreadableError]) -> None:
        super().__init__(f"{len(reasons)} files cannot be read")
        self.reasons = reasons


class StrayQuotesError(Exception):
    """Files with lines that a quote breaks: the numbers of those lines, by place in the batch."""

    def __init__(self, stray: dict[int, tuple[int, ...]]) -> None:
        super().__init__(f"{len(stray)} files have stray quotes")
        self.stray = stray


class ConcatenatedError(Exception):
    """Files in which records follow one another within a line. Places in the batch."""

    def __init__(self, places: set[int]) -> None:
        super().__init__(f"{len(places)} files have several records in a line")
        self.places = places


class NotDocumentsError(Exception):
    """Some files of the batch are no JSON documents; they may be lines. Places in the batch."""

    def __init__(self, places: set[int]) -> None:
        super().__init__(f"{len(places)} files are no documents")
        self.places = places


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what the last batch left on the connection."""
    for view in VIEWS:
        connection.execute(f"drop view if exists {view}")
    for table in RELATIONS:
        connection.execute(f"drop table if exists {table}")
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")


def read_json(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Inspected],
    structure: dict[str, Any] | None,
    wrappers: tuple[str, ...],
    only_members: Iterable[str] | None = None,
    wanted: Iterable[str] = (),
    as_text: Iterable[str] = (),
) -> Reading:
    """JSON records, one a row, whether they come as lines, arrays or lists in a document.

    `structure` None takes every member that some record has; those of them that are `wanted` must
    be clear. With `only_members`, a record with another member is unreadable.
    """
    if files[0].is_document:
        records = _unwrapping(structure, wrappers)
        _fill_from_documents(connection, files, records, may_be_a_row=not wrappers)
    else:
        _fill_from_lines(connection, files)
        _unwrap_lines(connection, structure, wrappers)
    is_marked = any(file.is_marked for file in files)
    if is_marked:
        connection.execute(
            f"""update lines set fault = {text(not_utf8.REASON)}
            where {_of_marked(files)} and {not_utf8.is_marked("line")}"""
        )
    if wrappers:
        connection.execute(
            f"""update lines set fault = {text(spellings.GIVEN_TWICE)}
            where fault is null and {spellings.is_given_twice("line", wrappers)}"""
        )
    layers: list[spellings.Layer] = []
    has_others = False
    mixed: list[mixed_members.Place] = []
    if structure is None:
        connection.execute(
            f"""update lines set fault = 'nested_too_deep'
            where fault is null and {nesting.is_too_deep("line")}"""
        )
        found = _inferred(connection)
        mixed = [p for p in mixed_members.places(found) if p[0].lower() not in as_text]
        found = mixed_members.texts_where_mixed(found)
        inferred = spellings.set_aside(connection, found, wanted)
        structure, layers = spellings.merged(inferred)
        structure = {
            member: "VARCHAR" if isinstance(inner, str) and member.lower() in as_text else inner
            for member, inner in structure.items()
        }
    elif only_members is None:
        has_others = one_spelling.take(connection, structure)
        spellings.set_given_twice_aside(connection, structure)
        shapes.set_misfits_aside(connection, structure)
    fault = "fault"
    if only_members is not None:
        layers = spellings.found_in_lines(connection, only_members)
        known = [*only_members, *(spelled for layer in layers for spelled in layer.values())]
        fault = (
            "case when fault is not null then fault"
            f" when not list_has_all([{texts(known)}], json_keys(line)) then 'unknown_column'"
            f" when {spellings.is_given_twice('line')} then '{spellings.GIVEN_TWICE}' end"
        )
    delivered_line = "coalesce(as_delivered, line)" if has_others else "line"
    if is_marked:
        delivered_line = not_utf8.shown(delivered_line)
    of_type: dict[mixed_members.Place, Any] = {}

    def make_records() -> None:
        checks = [
            shapes.misfit(mixed_members.path_of(spelled), type)
            for place, type in of_type.items()
            for spelled in _spelled(place, layers)
        ]
        misfit = f"coalesce({', '.join(checks)}, null)" if checks else "null"
        connection.execute(
            f"""create or replace view records as
            select _file, _row, line, as_delivered,
                case when fault is null and misfit is not null then {text(shapes.WRONG_TYPE)}
                    else fault end as fault,
                coalesce(value, misfit) as value
            from (
                select lines._file, _line - before_first as _row, line, {fault} as fault,
                    lines.value, {delivered_line} as as_delivered,
                    cast({misfit} as varchar) as misfit
                from lines inner join line_starts on lines._file = line_starts._file
                where fault is null or fault <> 'blank'
            )"""
        )

    make_records()
    connection.execute(
        f"""create view unreadable as
        select _file, _row, fault as reason,
            {_unknown_member(only_members)} as value,
            as_delivered as row_text
        from records where fault is not null"""
    )
    connection.execute(
        "create view counted as select _file, count(*) as records from records group by all"
    )
    _refuse_other_encodings(connection, files)
    columns = {member: sql_type(inner) for member, inner in structure.items()}

    def values_of(condition: str, rows: str = "kept") -> str:
        members = "".join(f", {_member(member, layers)} as {name(member)}" for member in columns)
        forms = [structure]
        forms += [{spelled: structure[m] for m, spelled in layer.items()} for layer in layers]
        record = ", ".join(
            f"json_transform(line, {text(json.dumps(_json_types(of)))}) as {_layer(number)}"
            for number, of in enumerate(forms)
        )
        return f"""select _file, _row{members}
            from (
                select _file, _row, {record if members else "null as record"}
                from {rows} where {condition}
            )"""

    def retyped(place: mixed_members.Place, type: Any) -> str:
        nonlocal structure
        structure = mixed_members.with_type(structure, place, type)
        columns[place[0]] = sql_type(structure[place[0]])
        of_type[place] = type
        if type == mixed_members.TEXT:
            del of_type[place]
        make_records()
        return values_of("fault is null")

    def types_at(used: set[str]) -> list[Retypable]:
        return [
            (place, type, mixed_members.types_at(connection, place))
            for place in mixed
            if {member.lower() for member in place} <= used
            and (type := mixed_members.type_in(structure, place)) is not None
        ]

    connection.execute("create view kept as select * from records")
    delivered = values_of("fault is null")
    connection.execute(f"create view delivered as {delivered}")
    return Reading(
        columns,
        delivered,
        f"select asked.*, records.as_delivered as row_text from {ROWS} as asked"
        " left join records on asked._file = records._file and asked._row = records._row",
        is_open_ended=True,
        _retyped=retyped,
        _types_at=types_at,
        _unread=lambda: values_of(f"fault is not null and {IS_WHOLE}", "records"),
        _partly_unread=lambda: values_of(
            "true",
            f"""(
                select _file, _row, {broken_lines.first_members("line")} as line
                from records where fault is not null and not {IS_WHOLE}
            )""",
        ),
    )


def _spelled(
    place: mixed_members.Place, layers: Sequence[spellings.Layer]
) -> list[mixed_members.Place]:
    """A place in all spellings of its member."""
    others = [layer[place[0]] for layer in layers if place[0] in layer]
    return [(member, *place[1:]) for member in (place[0], *others)]


def read_csv(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Inspected],
    *,
    is_typed: bool,
    wanted: Iterable[str],
    as_text: Iterable[str] = (),
) -> Reading:
    """CSV rows under the header that all the files share, as text or typed by what they hold.

    Columns without a name are none. Of those that share one, where it is not `wanted`, each gets a
    name of its own. Raises UnreadableError where it is.
    """
    header, unnamed = _named(files[0].header, wanted)
    # Read under names of our own, so that no header can hide the database's.
    types = ", ".join(f"'cell{number}': 'varchar'" for number in range(len(header)))
    cells = ", ".join(f"cell{number} as {name(c)}" for number, c in enumerate(header))
    connection.execute(
        f"""create table cells as
        select file_index as _file, row_number() over () as _line, {cells}
        from read_csv(
            [{sql.files(file.path for file in files)}], columns = {{{types}}},
            delim = {text(files[0].separator)}, quote = '"', escape = '"', header = false,
            skip = {files[0].header_line}, auto_detect = false, hive_partitioning = false,
            max_line_size = {LONGEST_LINE}, ignore_errors = true, store_rejects = true
        )"""
    )
    line, mark = "ltrim(csv_line, chr(10) || chr(13))", text(f'"{physical_lines.MARK}')
    # A refused line shifts the lines after it: their number is that of the good ones before them
    # and the refused ones before them.
    connection.execute(
        f"""create table refused_cells as
        select
            reject_scans.file_id as _file,
            reject_errors.line as _row,
            case
                when bool_or(starts_with({line}, {mark}) or error_type = 'UNQUOTED VALUE')
                    then 'stray_quote'
                when bool_or(error_type in ('MISSING COLUMNS', 'TOO MANY COLUMNS'))
                    then 'wrong_field_count'
                else 'unparseable'
            end as reason,
            any_value(case
                when starts_with({line}, {mark}) then replace(
                    regexp_extract({line}, {mark} || '(.*)"', 1, 's'), '""', '"'
                )
                else {line}
            end) as row_text,
            reject_errors.line - {files[0].header_line}
            - row_number() over (partition by reject_scans.file_id order by reject_errors.line)
                as good_before
        from reject_errors
        inner join reject_scans
            on reject_errors.scan_id = reject_scans.scan_id
            and reject_errors.file_id = reject_scans.file_id
        group by reject_scans.file_id, reject_errors.line"""
    )
    connection.execute(
        """create table line_starts as
        select _file, min(_line) - 1 as before_first from cells group by all"""
    )
    has_refused = connection.execute("select count(*) from refused_cells").fetchone()[0] > 0
    position = "cells._line - line_starts.before_first"
    if has_refused:
        # In one pass over both in order: looked up line by line it would take the square of them.
        connection.execute(
            f"""create or replace table cells as
            select cells.*, coalesce(refused.refused_before, 0) as _refused_before
            from cells
            inner join line_starts on cells._file = line_starts._file
            asof left join (
                select _file, good_before,
                    row_number() over (partition by _file order by _row) as refused_before
                from refused_cells
                qualify row_number() over (partition by _file, good_before order by _row desc) = 1
            ) as refused
                on cells._file = refused._file and {position} > refused.good_before"""
        )
    number = f"{position} + {files[0].header_line}" + (" + _refused_before" * has_refused)
    own = "_line, _refused_before" if has_refused else "_line"
    connection.execute(
        f"""create view records as
        select cells.* exclude ({own}), {number} as _row
        from cells inner join line_starts on cells._file = line_starts._file"""
    )
    is_marked = any(file.is_marked for file in files)
    is_bad, row = "false", ", ".join(f"{text(c)}: records.{name(c)}" for c in header)
    row_text, refused_text = f"cast(to_json({{{row}}}) as varchar)", "row_text"
    if is_marked:
        is_bad = f"({_of_marked(files)} and {not_utf8.is_marked(*map(name, header))})"
        row_text, refused_text = not_utf8.shown(row_text), not_utf8.shown(refused_text)
    connection.execute(
        f"""create view unreadable as
        select _file, _row, reason, cast(null as varchar) as value, {refused_text} as row_text
        from refused_cells
        union all
        select _file, _row, {text(not_utf8.REASON)}, null, {row_text} from records where {is_bad}"""
    )
    connection.execute(
        """create view counted as
        select _file, count(*) as records
        from (select _file from cells union all select _file from refused_cells) group by all"""
    )
    _hold_against_lines(connection, files)
    _refuse_other_encodings(connection, files)
    named = [column for column in header if column not in unnamed]
    columns = _castable(connection, named, f"not {is_bad}") if is_typed else {}
    columns = {
        column: "varchar" if column.lower() in as_text else columns.get(column, "varchar")
        for column in named
    }

    def values_of(condition: str, cast: str = "cast", rows: str = "kept") -> str:
        expressions = ", ".join(
            name(column)
            if type == "varchar"
            else f"{cast}({name(column)} as {type}) as {name(column)}"
            for column, type in columns.items()
        )
        return f"select _file, _row, {expressions} from {rows} where {condition}"

    def retyped(column: str, type: str) -> str:
        columns[column] = type
        return values_of(f"not {is_bad}")

    def types_at(used: set[str]) -> list[Retypable]:
        return [
            (column, type, OTHER_TYPES if type == "varchar" else ("varchar",))
            for column, type in columns.items()
            if column.lower() in used
        ]

    broken = broken_lines.cells("refused_cells", header, files[0].separator)
    connection.execute("create view kept as select * from records")
    delivered = values_of(f"not {is_bad}")
    connection.execute(f"create view delivered as {delivered}")
    return Reading(
        columns,
        delivered,
        f"select asked.*, {row_text} as row_text from {ROWS}"
        " as asked left join records"
        " on asked._file = records._file and asked._row = records._row",
        _retyped=retyped,
        _types_at=types_at,
        _unread=(lambda: values_of(is_bad, "try_cast", "records")) if is_marked else None,
        _partly_unread=(lambda: values_of("true", "try_cast", broken)) if has_refused else None,
    )


def _named(header: Sequence[str], wanted: Iterable[str]) -> tuple[tuple[str, ...], set[str]]:
    """A name for each column of a header, and those of them that the file does not name."""
    names = [column.lower() for column in header]
    twice = {given for given in names if names.count(given) > 1}
    if unclear := sorted((twice - {""}) & {member.lower() for member in wanted}):
        raise UnreadableError(f"its header has {', '.join(map(repr, unclear))} twice; {RENAME}")
    unnamed = {number for number, given in enumerate(names, 1) if given in UNNAMEABLE}
    own = tuple(
        f"{column} (column {number})".strip()
        if number in unnamed or column.lower() in twice
        else column
        for number, column in enumerate(header, 1)
    )
    return own, {own[number - 1] for number in unnamed}


def _hold_against_lines(connection: duckdb.DuckDBPyConnection, files: Sequence[Inspected]) -> None:
    """Every line after the header is a record, or it is known why not."""
    read = dict(connection.execute("select _file, records from counted").fetchall())
    stray, other = {}, {}
    for place, file in enumerate(files):
        records = read.get(place, 0)
        if records == file.lines - file.header_line:
            continue
        layout = physical_lines.lay_out(file)
        if layout.records != records and not layout.stray:
            layout = physical_lines.lay_out(file, look_at_all=True)
        if layout.stray and not file.is_fixed:
            stray[place] = layout.stray
        elif layout.records != records:
            other[place] = UnreadableError(
                f"its lines hold {layout.records:,} records and {records:,} could be read; "
                f"look for a quote that is open{_near(layout)}, fix it and deliver the file again"
            )
    if other:
        raise BadFilesError(other)
    if stray:
        raise StrayQuotesError(stray)


def _of_marked(files: Sequence[Inspected]) -> str:
    """SQL: whether a row is of a file in which bytes that are not UTF-8 are marked."""
    places = [str(place) for place, file in enumerate(files) if file.is_marked]
    return f"_file in ({', '.join(places)})"


def _refuse_other_encodings(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Inspected]
) -> None:
    """A file of which half the records and more are not UTF-8 is in another encoding."""
    if not any(file.is_marked for file in files):
        return
    rows = connection.execute(
        f"""select _file, any_value(records), count(*), min(_row)
        from unreadable inner join counted using (_file)
        where reason = {text(not_utf8.REASON)}
        group by _file having count(*) * 2 >= any_value(records)"""
    ).fetchall()
    if rows:
        raise BadFilesError(
            {
                place: UnreadableError(
                    f"{bad:,} of its {records:,} rows are not UTF-8, the first is row {first}; "
                    f"{not_utf8.ADVICE}"
                )
                for place, records, bad, first in rows
            }
        )


def _near(layout: physical_lines.Layout) -> str:
    line = min((*layout.stray, layout.first_spanning or 0), default=0)
    return f", from line {line} on" if line else ""


def read_parquet(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Inspected],
    structure: dict[str, Any] | None,
    required: tuple[str, ...] = (),
    *,
    at_most: int = sys.maxsize,
    wanted: Iterable[str] = (),
) -> Reading:
    """Parquet rows; with a `structure`, its columns in its types, absent ones as nothing.

    Of files of `at_most` so many bytes, once their values are unpacked.
    """
    _refuse_large(connection, files, at_most)
    given = [column.lower() for column in _names_in(connection, files[0])]
    if unclear := sorted({c.lower() for c in wanted if given.count(c.lower()) > 1}):
        raise UnreadableError(f"it has {', '.join(map(repr, unclear))} twice; {RENAME}")
    found = {
        column: kind
        for column, kind in parquet_columns(connection, files[0]).items()
        if column.lower() not in UNNAMEABLE
    }
    # Text that its writer did not mark as such. What is no UTF-8 is kept byte by byte; deeper down
    # only the reader can take it for text.
    unmarked = {column for column, kind in found.items() if kind == "BLOB"}
    is_deep = any("BLOB" in kind for column, kind in found.items() if column not in unmarked)
    scan = (
        f"read_parquet([{sql.files(file.path for file in files)}], file_row_number = true,"
        f" hive_partitioning = false, binary_as_string = {str(is_deep).lower()})"
    )
    found = {column: kind.replace("BLOB", "VARCHAR") for column, kind in found.items()}
    values = {
        column.lower(): f"coalesce(try(decode({name(column)})), cast({name(column)} as varchar))"
        if column in unmarked and not is_deep
        else name(column)
        for column in found
    }
    names = {column.lower() for column in found}
    missing = [column for column in required if column.lower() not in names]
    if missing:
        raise UnreadableError(
            f"it has no column {', '.join(missing)}; expected are {', '.join(required)}"
        )
    misfit = ""
    if structure is None:
        columns = found
        expressions = [f"{values[column.lower()]} as {name(column)}" for column in found]
    else:
        columns = {column: sql_type(inner) for column, inner in structure.items()}
        misfit = parquet_types.misfit(structure, found, values)
        expressions = [
            f"try_cast({values[column.lower()]} as {kind}) as {name(column)}"
            if column.lower() in names
            else f"cast(null as {kind}) as {name(column)}"
            for column, kind in columns.items()
        ]
    connection.execute(
        f"""create view records as
        select file_index as _file, file_row_number + 1 as _row, * from {scan}"""
    )
    connection.execute("create view kept as select * from records")
    fits = f"where ({misfit}) is null" if misfit else ""
    delivered = f"select _file, _row, {', '.join(expressions)} from kept {fits}"
    connection.execute(f"create view delivered as {delivered}")
    row = ", ".join(f"{text(column)}: file.{name(column)}" for column in found)
    texts_of = (
        f"select asked.*, cast(to_json({{{row}}}) as varchar) as row_text from {ROWS}"
        f" as asked left join {scan} as file"
        " on asked._file = file.file_index and asked._row = file.file_row_number + 1"
    )
    misfits = f"""(
        select _file, _row, {text(shapes.WRONG_TYPE)} as reason, misfit as value
        from (select _file, _row, cast({misfit or "null"} as varchar) as misfit from records)
        where {"misfit is not null" if misfit else "false"}
    )"""
    connection.execute(f"create view unreadable as {texts_of.replace(ROWS, misfits)}")
    connection.execute(
        f"""create view counted as
        select file_index as _file, count(*) as records from {scan} group by all"""
    )
    _hold_against_footers(connection, files)
    return Reading(columns, delivered, texts_of)


def _hold_against_footers(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Inspected]
) -> None:
    """As many rows can be read as each file's own footer tells, and every column has as many."""
    read = dict(connection.execute("select _file, records from counted").fetchall())
    paths = sql.files(file.path for file in files)
    told = dict(
        connection.execute(
            f"select file_name, num_rows from parquet_file_metadata([{paths}])"
        ).fetchall()
    )
    # Lists hold more values than rows.
    short = dict(
        connection.execute(
            f"""select file_name, min(num_values - row_group_num_rows)
            from parquet_metadata([{paths}]) group by file_name"""
        ).fetchall()
    )
    damaged = {}
    for place, file in enumerate(files):
        path = str(file.path)
        if told.get(path) != read.get(place, 0) or (short.get(path) or 0) < 0:
            damaged[place] = UnreadableError(
                f"the Parquet file is damaged: its footer tells {told.get(path, 0):,} rows, and "
                f"its row groups {read.get(place, 0):,} or a column fewer; deliver it again"
            )
    if damaged:
        raise BadFilesError(damaged)


def _refuse_large(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Inspected], at_most: int
) -> None:
    """A few bytes of a Parquet file can stand for any number of values, by its footer."""
    widths = " ".join(f"when '{kind}' then {width}" for kind, width in VALUE_BYTES.items())
    rows = connection.execute(
        f"""select file_name, sum(greatest(total_uncompressed_size, num_values * case type {widths}
            when 'BYTE_ARRAY' then
                case when stats_min_value = stats_max_value then strlen(stats_max_value) end
            end))
        from parquet_metadata([{sql.files(file.path for file in files)}]) group by file_name"""
    ).fetchall()
    sizes = dict(rows)
    large = {
        place: TooLargeError(
            f"it unpacks to {in_words(size)}, more than {in_words(at_most)}; deliver it in parts, "
            "or raise max_unpacked_size in the settings"
        )
        for place, file in enumerate(files)
        if (size := int(sizes.get(str(file.path)) or 0)) > at_most
    }
    if large:
        raise BadFilesError(large)


def _names_in(connection: duckdb.DuckDBPyConnection, file: Inspected) -> list[str]:
    """The columns' names as the file gives them; the database makes equal ones differ."""
    members = connection.execute(
        f"select name, coalesce(num_children, 0) from parquet_schema({sql.file(file.path)})"
    ).fetchall()
    names, inner = [], 0
    for member, children in members[1:]:
        if not inner:
            names.append(member)
        inner += children - bool(inner)
    return names


def parquet_columns(connection: duckdb.DuckDBPyConnection, file: Inspected) -> dict[str, str]:
    """Names and types of a Parquet file's columns."""
    rows = connection.execute(
        f"describe select * from read_parquet({sql.file(file.path)}, hive_partitioning = false)"
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def scan_parquet(connection: duckdb.DuckDBPyConnection, file: Inspected) -> None:
    """Read a Parquet file to its end, for the error that lies in it."""
    connection.execute(
        f"select max(hash(row)) from read_parquet({sql.file(file.path)},"
        " hive_partitioning = false) as row"
    )


def largest_vector(connection: duckdb.DuckDBPyConnection, file: Inspected) -> int:
    """Bytes of the text in as many rows of a Parquet file as are held at once, if not more."""
    texts_of = [
        f"coalesce(strlen(cast({name(column)} as varchar)), 0)"
        for column, kind in parquet_columns(connection, file).items()
        if "VARCHAR" in kind or "BLOB" in kind
    ]
    return connection.execute(
        f"""select coalesce({VECTOR_ROWS} * max({" + ".join(texts_of) or "0"}), 0)
        from read_parquet({sql.file(file.path)}, hive_partitioning = false)"""
    ).fetchone()[0]


def _fill_from_lines(connection: duckdb.DuckDBPyConnection, files: Sequence[Inspected]) -> None:
    # Numbering lines takes them in order, so in one thread: each thread gets files of its own.
    threads = connection.execute("select current_setting('threads')").fetchone()[0]
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
        f"""create table lines as
        select _file, _line, line, {_fault("line")} as fault, cast(null as varchar) as value
        from ({" union all ".join(lanes)})"""
    )
    connection.execute(
        """create table line_starts as
        select _file, min(_line) - 1 as before_first from lines group by all"""
    )
    _hold_against_line_ends(connection, files)
    joined = connection.execute(
        f"""select distinct _file from lines where fault = 'unparseable'
        and regexp_matches(line, {text(concatenated.BOUNDARY)})"""
    ).fetchall()
    if places := {place for (place,) in joined if not files[place].is_fixed}:
        raise ConcatenatedError(places)
    doubtful = [place for place, file in enumerate(files) if file.was_document]
    if doubtful:
        broken = connection.execute(
            f"""select _file from lines where list_contains({doubtful}, _file)
            group by _file having count_if(fault = 'unparseable')
                > count_if(fault is null or fault = 'array')"""
        ).fetchall()
        if broken:
            raise BadFilesError({place: UnreadableError(NOT_WHOLE) for (place,) in broken})


def _hold_against_line_ends(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Inspected]
) -> None:
    """Every line that the file's bytes have was read as one."""
    read = dict(connection.execute("select _file, count(*) from lines group by all").fetchall())
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


def _unwrapping(structure: dict[str, Any] | None, wrappers: tuple[str, ...]) -> str:
    """SQL: the records in a JSON value `content`.

    An object is a wrapper when it has a member of that name and none of a record's other members.
    """
    if wrappers:
        path = """'$."' || wrapper || '"'"""
        filled = f"""list_filter(
            json_keys(content),
            lambda wrapper: list_contains([{texts(wrappers)}], lower(wrapper))
                and json_type(content, {path}) in ('ARRAY', 'OBJECT')
        )"""
        listed = f"""case
            when {_has_member("content", _own(structure, wrappers))} then null
            when {spellings.is_given_twice("content", wrappers)} then null
            when len({filled}) > 0 then flatten(list_transform(
                {filled},
                lambda wrapper: case json_type(content, {path})
                    when 'ARRAY' then cast(json_extract(content, {path}) as json[])
                    else [json_extract(content, {path})]
                end
            ))
        end"""
    else:
        listed = (
            "case when len(json_keys(content)) = 1 and json_type(content, '$.*') = ['ARRAY']"
            " then json_extract(json_extract(content, '$.*')[1], '$[*]') end"
        )
    return f"""cast(
        case json_type(content)
            when 'ARRAY' then json_extract(content, '$[*]')
            when 'OBJECT' then coalesce({listed}, [cast(content as json)])
            else [cast(content as json)]
        end as varchar[]
    )"""


def _fill_from_documents(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Inspected],
    records: str,
    *,
    may_be_a_row: bool,
) -> None:
    """Documents are read whole; one that is no JSON is told apart from the others."""
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
        f"""create table lines as
        select _file, position as _line, line, {_fault("line")} as fault,
            cast(null as varchar) as value
        from (
            select _file, unnest(records) as line, generate_subscripts(records, 1) as position
            from (
                select _file, case when json_valid(content) then {records}
                    else [content] end as records
                from {documents}
            )
        )"""
    )
    connection.execute(
        """create table line_starts as
        select distinct _file, cast(0 as bigint) as before_first from lines"""
    )


def _unwrap_lines(
    connection: duckdb.DuckDBPyConnection,
    structure: dict[str, Any] | None,
    wrappers: tuple[str, ...],
) -> None:
    """Lines that hold several records each (a webhook's posts, an API's pages) become them."""
    wrapped = "fault = 'array'"
    if wrappers:
        wrapped += (
            f" or (fault is null and {_has_member('line', wrappers)}"
            f" and not {_has_member('line', _own(structure, wrappers))}"
            f" and not {spellings.is_given_twice('line', wrappers)})"
        )
    if not connection.execute(f"select exists (select 1 from lines where {wrapped})").fetchone()[0]:
        return
    connection.execute(
        f"""create or replace table lines as
        select _file, row_number() over (order by _file, _line, position) as _line, line,
            {_fault("line")} as fault, cast(null as varchar) as value
        from (
            select _file, _line, unnest(records) as line,
                generate_subscripts(records, 1) as position
            from (
                select _file, _line, case when {wrapped} then {_unwrapping(structure, wrappers)}
                    else [line] end as records
                from (select *, case when {wrapped} then line end as content from lines)
                where fault is null or fault <> 'blank'
            )
        )"""
    )
    connection.execute(
        """create or replace table line_starts as
        select _file, min(_line) - 1 as before_first from lines group by all"""
    )


def _own(structure: dict[str, Any] | None, wrappers: tuple[str, ...]) -> list[str]:
    """The members of a record, lower case, that are no wrappers."""
    return [member.lower() for member in structure or {} if member not in wrappers]


def _has_member(line: str, members: Iterable[str]) -> str:
    """SQL: whether a record has one of these members (lower case), in any case."""
    keys = f"list_transform(json_keys({line}), lambda member: lower(member))"
    return f"coalesce(list_has_any({keys}, [{texts(members)}]), false)"


def _layer(number: int) -> str:
    return f"record{number or ''}"


def _member(member: str, layers: Sequence[spellings.Layer]) -> str:
    """SQL: a member, whichever way a record spells it; no record has two of one name."""
    spelled = [f"record.{name(member)}"]
    spelled += [
        f"{_layer(number)}.{name(layer[member])}"
        for number, layer in enumerate(layers, 1)
        if member in layer
    ]
    return f"coalesce({', '.join(spelled)})" if len(spelled) > 1 else spelled[0]


def _unknown_member(only_members: Iterable[str] | None) -> str:
    if only_members is None:
        return "value"
    return (
        "case when fault = 'unknown_column' then without_addresses(left(list_filter("
        f"json_keys(line), lambda member: not list_contains([{texts(only_members)}], member)"
        ")[1], 80)) end"
    )


def _inferred(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The structure of all records together; what is never given has no type of its own."""
    found = connection.execute(
        "select json_group_structure(cast(line as json)) from lines where fault is null"
    ).fetchone()[0]
    structure = json.loads(found) if found else {}
    return {member: inner for member, inner in structure.items() if member not in UNNAMEABLE}


def _json_types(structure: Any) -> Any:
    """A structure as json_transform takes it."""
    if isinstance(structure, dict):
        members = {member: _json_types(inner) for member, inner in structure.items()}
        # A struct has no two names that differ in case alone; such a member is taken as it is.
        return members if len({member.lower() for member in members}) == len(members) else "JSON"
    if isinstance(structure, list):
        return [_json_types(structure[0])]
    return str(structure).upper()


def _castable(
    connection: duckdb.DuckDBPyConnection, header: Sequence[str], condition: str
) -> dict[str, str]:
    """For each column the narrowest type that holds every value; 007 and the like stay text."""
    has_offset = "regexp_matches({cell}, ':[0-9.]+ ?([zZ]|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$')"
    conditions = {
        "bigint": "regexp_full_match({cell}, '[+-]?(0|[1-9][0-9]*)')",
        "double": "not regexp_matches({cell}, '^[+-]?0[0-9]|[a-df-zA-DF-Z]')",
        "date": "length({cell}) <= 10",
        "timestamp": f"not {has_offset}",
        "timestamptz": "true",
    }
    tests = [
        f"bool_and(try_cast({name(column)} as {kind}) is not null and "
        f"{condition.format(cell=name(column))}) filter (where {name(column)} is not null)"
        for column in header
        for kind, condition in conditions.items()
    ]
    answers = iter(
        connection.execute(f"select {', '.join(tests)} from cells where {condition}").fetchone()
    )
    fitting = {column: [kind for kind in conditions if next(answers)] for column in header}
    return {column: (fits[0] if fits else "varchar") for column, fits in fitting.items()}
