"""Parquet rows, with the columns that a format reads in its types, or all as the file has them.

What a file's footer says of it is not believed: how many rows there are, and how much memory they
take, is held against what can be read.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from journey.core import sql
from journey.core.database import Connection, only_value
from journey.core.sizes import in_words
from journey.core.sql import name, text
from journey.ingest.formats import sql_type
from journey.ingest.read import counts, names, parquet_types, wrong_types
from journey.ingest.read.errors import (
    BadFilesError,
    TooLargeError,
    UnreadableError,
    damaged_parquet,
    given_twice,
)
from journey.ingest.read.inspection import Inspected
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import COUNTED, KEPT, RECORDS, UNREADABLE

VALUE_BYTES = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
VECTOR_ROWS = 2048
OF_DATABASE = ("file_row_number", "file_index")  # a column of that name hides the database's own


def read_parquet(
    connection: Connection,
    files: Sequence[Inspected],
    structure: dict[str, Any] | None,
    required: tuple[str, ...] = (),
    *,
    at_most: int = sys.maxsize,
    wanted: Iterable[str] = (),
) -> Reading:
    """The rows of like files; with a `structure`, its columns, absent ones as nothing.

    Of files of `at_most` so many bytes, once their values are unpacked.
    """
    _reject_large(connection, files, at_most)
    given_names = _names_in(connection, files[0])
    if unclear := names.given_twice(given_names, wanted):
        raise given_twice("it has", unclear)
    if taken := [own for own in OF_DATABASE if own in map(str.lower, given_names)]:
        raise UnreadableError(
            f"it has a column {taken[0]}, the name by which the database says where a row lies; "
            "rename the column"
        )
    if not given_names:
        raise UnreadableError("it has no column; deliver it again, whole")
    found = {
        column: kind
        for column, kind in parquet_columns(connection, files[0]).items()
        if column.lower() not in names.UNNAMEABLE
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
    names.require(found, required)
    given = {column.lower() for column in found}
    misfit = ""
    if structure is None:
        columns = found
        expressions = [f"{values[column.lower()]} as {name(column)}" for column in found]
    else:
        columns = {column: sql_type(inner) for column, inner in structure.items()}
        misfit = parquet_types.misfit(structure, found, values)
        expressions = [
            f"try_cast({values[column.lower()]} as {kind}) as {name(column)}"
            if column.lower() in given
            else f"cast(null as {kind}) as {name(column)}"
            for column, kind in columns.items()
        ]
    connection.execute(
        f"""create view {RECORDS} as
        select file_index as _file, file_row_number + 1 as _row, * from {scan}"""
    )
    row = ", ".join(f"{text(column)}: file.{name(column)}" for column in found)
    read = ParquetReading(connection, columns, expressions, misfit, scan, row)
    misfits = f"""(
        select _file, _row, {text(wrong_types.WRONG_TYPE)} as reason, misfit as value
        from (select _file, _row, cast({misfit or "null"} as varchar) as misfit from {RECORDS})
        where {"misfit is not null" if misfit else "false"}
    )"""
    connection.execute(f"create view {UNREADABLE} as {read.with_texts(misfits)}")
    connection.execute(
        f"""create view {COUNTED} as
        select file_index as _file, count(*) as records from {scan} group by all"""
    )
    _require_every_row(connection, files)
    read.show_all()
    return read


class ParquetReading(Reading):
    """`expressions` give the columns; `misfit` is SQL: the column of which a row's value is of
    another type, or empty where that cannot be. `row` has the members of a row as an object."""

    def __init__(
        self,
        connection: Connection,
        columns: dict[str, str],
        expressions: Sequence[str],
        misfit: str,
        scan: str,
        row: str,
    ) -> None:
        super().__init__(connection, columns)
        self._expressions = expressions
        self._misfit = misfit
        self._scan = scan
        self._row = row

    def values(self) -> str:
        fits = f"where ({self._misfit}) is null" if self._misfit else ""
        return f"select _file, _row, {', '.join(self._expressions)} from {KEPT} {fits}"

    def with_texts(self, rows: str) -> str:
        return (
            f"select asked.*, cast(to_json({{{self._row}}}) as varchar) as row_text from {rows}"
            f" as asked left join {self._scan} as file"
            " on asked._file = file.file_index and asked._row = file.file_row_number + 1"
        )


def parquet_columns(connection: Connection, file: Inspected) -> dict[str, str]:
    """Names and types of a Parquet file's columns."""
    rows = connection.execute(f"describe select * from {_scan_of(file)}").fetchall()
    return {row[0]: row[1] for row in rows}


def damage(connection: Connection, file: Inspected) -> duckdb.Error | None:
    """What the database says of a Parquet file, whatever it is read for; nothing of others."""
    if file.container != "parquet":
        return None
    try:
        connection.execute(f"select max(hash(row)) from {_scan_of(file)} as row")
    except duckdb.Error as error:
        return error
    return None


def largest_vector(connection: Connection, file: Inspected) -> int:
    """Bytes of the text in as many rows of a Parquet file as are held at once, if not more."""
    texts_of = [
        f"coalesce(strlen(cast({name(column)} as varchar)), 0)"
        for column, kind in parquet_columns(connection, file).items()
        if "VARCHAR" in kind or "BLOB" in kind
    ]
    largest = only_value(
        connection,
        f"""select coalesce({VECTOR_ROWS} * max({" + ".join(texts_of) or "0"}), 0)
        from {_scan_of(file)}""",
    )
    return int(largest)


def _scan_of(file: Inspected) -> str:
    return f"read_parquet({sql.file(file.path)}, hive_partitioning = false)"


def _require_every_row(connection: Connection, files: Sequence[Inspected]) -> None:
    """Raise BadFilesError where a file has fewer rows than its footer says, or a column has."""
    read = counts.records(connection)
    paths = sql.files(file.path for file in files)
    stated = counts.by_file(
        connection, f"select file_name, num_rows from parquet_file_metadata([{paths}])"
    )
    # Lists hold more values than rows.
    short = counts.by_file(
        connection,
        f"""select file_name, min(num_values - row_group_num_rows)
        from parquet_metadata([{paths}]) group by file_name""",
    )
    damaged = {}
    for place, file in enumerate(files):
        path = str(file.path)
        if stated.get(path) != read.get(place, 0) or (short.get(path) or 0) < 0:
            damaged[place] = damaged_parquet(
                f": its footer gives {stated.get(path, 0):,} rows, and its row groups "
                f"{read.get(place, 0):,} or a column fewer"
            )
    if damaged:
        raise BadFilesError(damaged)


def _reject_large(connection: Connection, files: Sequence[Inspected], at_most: int) -> None:
    """A few bytes of a Parquet file can stand for any number of values, by its footer."""
    widths = " ".join(f"when '{kind}' then {width}" for kind, width in VALUE_BYTES.items())
    sizes = counts.by_file(
        connection,
        f"""select file_name, sum(greatest(total_uncompressed_size, num_values * case type {widths}
            when 'BYTE_ARRAY' then
                case when stats_min_value = stats_max_value then strlen(stats_max_value) end
            end))
        from parquet_metadata([{sql.files(file.path for file in files)}]) group by file_name""",
    )
    large: dict[int, UnreadableError] = {
        place: TooLargeError(
            f"it unpacks to {in_words(size)}, more than {in_words(at_most)}; deliver it in parts, "
            "or raise max_unpacked_size in the settings"
        )
        for place, file in enumerate(files)
        if (size := int(sizes.get(str(file.path)) or 0)) > at_most
    }
    if large:
        raise BadFilesError(large)


def _names_in(connection: Connection, file: Inspected) -> list[str]:
    """The columns' names as the file gives them; the database makes equal ones differ."""
    members = connection.execute(
        f"select name, coalesce(num_children, 0) from parquet_schema({sql.file(file.path)})"
    ).fetchall()
    given, inner = [], 0
    for member, children in members[1:]:
        if not inner:
            given.append(member)
        inner += children - bool(inner)
    return given
