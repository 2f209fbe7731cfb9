"""CSV rows under the header that all files of a batch share, as text or typed by what they hold.

Rows that the parser rejects, and those with bytes that are not UTF-8, are unreadable. Which lines
are records is counted without the parser, in `physical_lines`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from journey.core import sql
from journey.core.database import Connection, only_row, only_value
from journey.core.sql import name, text
from journey.ingest.formats import sql_type
from journey.ingest.read import broken_lines, counts, encodings, names, not_utf8, physical_lines
from journey.ingest.read.errors import (
    BadFilesError,
    StrayQuotesError,
    UnreadableError,
    given_twice,
)
from journey.ingest.read.inspection import LONGEST_LINE, Inspected
from journey.ingest.read.reading import Reading, Retypable
from journey.ingest.read.relations import COUNTED, KEPT, RECORDS, UNREADABLE, Cells

OTHER_TYPES = ("double", "timestamptz")  # of a column that holds a word among them


def read_csv(
    connection: Connection,
    files: Sequence[Inspected],
    *,
    is_typed: bool,
    wanted: Iterable[str],
    as_text: Iterable[str] = (),
    structure: dict[str, Any] | None = None,
    required: tuple[str, ...] = (),
) -> Reading:
    """The rows of like files; with a `structure`, its columns, absent ones as nothing.

    Columns without a name are none. Of those that share one, where it is not `wanted`, each gets a
    name of its own. Raises UnreadableError where it is, or where a `required` column is not there.
    """
    header, unnamed = _named(files[0].header, wanted)
    names.require(header, required)
    cells = _cells(connection, files, header)
    has_broken = _number(connection, cells, files[0].header_line)
    is_marked = any(file.is_marked for file in files)
    is_bad = "false"
    if is_marked:
        is_bad = f"({encodings.of_marked(files)} and {not_utf8.is_marked(*map(name, header))})"
    row = ", ".join(f"{text(c)}: records.{name(c)}" for c in header)
    row_text, broken_text = f"cast(to_json({{{row}}}) as varchar)", "row_text"
    if is_marked:
        row_text, broken_text = not_utf8.shown(row_text), not_utf8.shown(broken_text)
    connection.execute(
        f"""create view {UNREADABLE} as
        select _file, _row, reason, cast(null as varchar) as value, {broken_text} as row_text
        from {cells.broken}
        union all
        select _file, _row, {text(not_utf8.REASON)}, null, {row_text}
        from {RECORDS} as records where {is_bad}"""
    )
    connection.execute(
        f"""create view {COUNTED} as
        select _file, count(*) as records
        from (select _file from {cells.values} union all select _file from {cells.broken})
        group by all"""
    )
    _require_every_line(connection, files)
    encodings.reject_other_encodings(connection, files)
    named = [column for column in header if column not in unnamed]
    types = {}
    if is_typed:
        # A file may have thousands of others, and each takes as long to look at.
        asked_for = {column.lower() for column in wanted} - {column.lower() for column in as_text}
        used = [column for column in named if column.lower() in asked_for]
        types = _castable(connection, cells, used, f"not {is_bad}")
    columns = {column: types.get(column, "varchar") for column in named}
    if structure is not None:
        columns = {column: sql_type(inner) for column, inner in structure.items()}
    parts = broken_lines.cells(cells.broken, header, files[0].separator) if has_broken else ""
    read = CsvReading(connection, header, columns, is_bad if is_marked else "", row_text, parts)
    read.show_all()
    return read


class CsvReading(Reading):
    """`is_bad` is SQL: whether a record is unreadable; empty where none is. So is `parts`: the
    values that can be known of rows that the parser rejects."""

    def __init__(
        self,
        connection: Connection,
        header: Sequence[str],
        columns: dict[str, str],
        is_bad: str,
        row_text: str,
        parts: str,
    ) -> None:
        super().__init__(connection, columns)
        self._given = {column.lower() for column in header}
        self._is_bad = is_bad
        self._row_text = row_text
        self._parts = parts

    def values(self) -> str:
        return self._values(KEPT, "cast", f"not {self._is_bad or 'false'}")

    def unreadable_values(self) -> str:
        return self._values(RECORDS, "try_cast", self._is_bad) if self._is_bad else ""

    def parts_of_values(self) -> str:
        return self._values(self._parts, "try_cast", "true") if self._parts else ""

    def with_texts(self, rows: str) -> str:
        return (
            f"select asked.*, {self._row_text} as row_text from {rows} as asked"
            f" left join {RECORDS} as records"
            " on asked._file = records._file and asked._row = records._row"
        )

    def other_types(self, used: set[str]) -> list[Retypable]:
        return [
            (column, type, OTHER_TYPES if type == "varchar" else ("varchar",))
            for column, type in self.columns.items()
            if column.lower() in used
        ]

    def set_type(self, place: str, type: str) -> None:
        self.columns[place] = type

    def _values(self, rows: str, cast: str, condition: str) -> str:
        expressions = ", ".join(
            f"{self._cell(column, type, cast)} as {name(column)}"
            for column, type in self.columns.items()
        )
        return f"select _file, _row, {expressions} from {rows} where {condition}"

    def _cell(self, column: str, type: str, cast: str) -> str:
        """SQL: a cell as a type; text that is no JSON is a text of JSON's."""
        is_nested = type.startswith("struct(") or type.endswith("[]")
        if column.lower() not in self._given or is_nested:  # a cell is one value, of another column
            return f"cast(null as {type})"
        if type == "json":
            return f"coalesce(try_cast({name(column)} as json), to_json({name(column)}))"
        if type == "varchar":
            return name(column)
        return f"{cast}({_castable_text(column, type)} as {type})"


def _castable_text(column: str, type: str) -> str:
    """SQL: a cell to be cast, which cannot be where the cast would take it for another value."""
    if type != "timestamptz":
        return name(column)
    return f"case when has_unclear_zone({name(column)}) then 'unclear' else {name(column)} end"


def _named(header: Sequence[str], wanted: Iterable[str]) -> tuple[tuple[str, ...], set[str]]:
    """A name for each column of a header, and those of them that the file does not name."""
    if unclear := names.given_twice(header, wanted):
        raise given_twice("its header has", unclear)
    lower = [column.lower() for column in header]
    unnamed = {number for number, given in enumerate(lower, 1) if given in names.UNNAMEABLE}
    own = tuple(
        f"{column} (column {number})".strip()
        if number in unnamed or lower.count(column.lower()) > 1
        else column
        for number, column in enumerate(header, 1)
    )
    return own, {own[number - 1] for number in unnamed}


def _cells(connection: Connection, files: Sequence[Inspected], header: Sequence[str]) -> Cells:
    """The rows as text, and apart from them those that the parser rejects."""
    cells = Cells()
    # Read under names of our own, so that no header can hide the database's.
    types = ", ".join(f"'cell{number}': 'varchar'" for number in range(len(header)))
    columns = ", ".join(f"cell{number} as {name(c)}" for number, c in enumerate(header))
    connection.execute(
        f"""create table {cells.values} as
        select file_index as _file, row_number() over () as _line, {columns}
        from read_csv(
            [{sql.files(file.path for file in files)}], columns = {{{types}}},
            delim = {text(files[0].separator)}, quote = {text(files[0].quote)},
            escape = {text(files[0].quote)}, header = false,
            skip = {files[0].header_line}, auto_detect = false, hive_partitioning = false,
            max_line_size = {LONGEST_LINE}, ignore_errors = true, store_rejects = true
        )"""
    )
    line, mark = "ltrim(csv_line, chr(10) || chr(13))", text(f'"{physical_lines.MARK}')
    # A rejected line shifts the lines after it: their number is that of the good ones before them
    # and the rejected ones before them.
    connection.execute(
        f"""create table {cells.broken} as
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
        f"""create table {cells.starts} as
        select _file, min(_line) - 1 as before_first from {cells.values} group by all"""
    )
    return cells


def _number(connection: Connection, cells: Cells, header_line: int) -> bool:
    """Give every record its row in the file. Returns whether any row was rejected."""
    has_broken: bool = only_value(connection, f"select exists (from {cells.broken})")
    position = "cells._line - line_starts.before_first"
    if has_broken:
        # In one pass over both in order: looked up line by line it would take the square of them.
        connection.execute(
            f"""create or replace table {cells.values} as
            select cells.*, coalesce(broken.broken_before, 0) as _broken_before
            from {cells.values} as cells
            inner join {cells.starts} as line_starts on cells._file = line_starts._file
            asof left join (
                select _file, good_before,
                    row_number() over (partition by _file order by _row) as broken_before
                from {cells.broken}
                qualify row_number() over (partition by _file, good_before order by _row desc) = 1
            ) as broken
                on cells._file = broken._file and {position} > broken.good_before"""
        )
    number = f"{position} + {header_line}" + (" + _broken_before" * has_broken)
    own = "_line, _broken_before" if has_broken else "_line"
    connection.execute(
        f"""create view {RECORDS} as
        select cells.* exclude ({own}), {number} as _row
        from {cells.values} as cells
        inner join {cells.starts} as line_starts on cells._file = line_starts._file"""
    )
    return has_broken


def _require_every_line(connection: Connection, files: Sequence[Inspected]) -> None:
    """Raise where a line after the header is no record, and it is not known why not."""
    read = counts.records(connection)
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


def _near(layout: physical_lines.Layout) -> str:
    line = min((*layout.stray, layout.first_spanning or 0), default=0)
    return f", from line {line} on" if line else ""


def _castable(
    connection: Connection, cells: Cells, header: Sequence[str], condition: str
) -> dict[str, str]:
    """For each column the narrowest type that holds every value; 007 and the like stay text."""
    if not header:
        return {}
    # As a timestamp the database would take a time without the zone, or the PM, that follows it.
    has_more = "regexp_matches({cell}, ':[0-9.]+ *([a-zA-Z].*|[+-][0-9:]+)$')"
    conditions = {
        "bigint": "regexp_full_match({cell}, '[+-]?(0|[1-9][0-9]*)')",
        "double": "not regexp_matches({cell}, '^[+-]?0[0-9]|[a-df-zA-DF-Z]')",
        "date": "length({cell}) <= 10",
        "timestamp": f"not {has_more}",
        "timestamptz": "not has_unclear_zone({cell})",
    }
    tests = [
        f"bool_and(try_cast({name(column)} as {kind}) is not null and "
        f"{condition.format(cell=name(column))}) filter (where {name(column)} is not null)"
        for column in header
        for kind, condition in conditions.items()
    ]
    answers = iter(
        only_row(connection, f"select {', '.join(tests)} from {cells.values} where {condition}")
    )
    fitting = {column: [kind for kind in conditions if next(answers)] for column in header}
    return {column: (fits[0] if fits else "varchar") for column, fits in fitting.items()}
