"""The types of a Parquet file's columns, held against those that a tool's format reads.

A cast would make nothing of what does not fit, in silence. Where a whole column can not fit, the
file is not the tool's export and is rejected; where single values may not, their rows are
unreadable.
"""

from collections.abc import Iterator
from typing import Any

import duckdb

from journey.core.sql import text
from journey.ingest.inspection import UnreadableError

SMALL = {"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger"}
WHOLE = SMALL | {"ubigint", "hugeint", "uhugeint"}
NUMBERS = WHOLE | {"float", "double", "decimal"}
FITTING = {"bigint": SMALL, "double": NUMBERS, "boolean": {"boolean"}}
# Of which some values may be what is asked for.
DOUBTFUL = NUMBERS | {"varchar", "boolean"}
NESTED = {"struct", "list", "array", "map"}
NOUNS = {"bigint": "a whole number", "double": "a number", "boolean": "true or false"}


def misfit(structure: dict[str, Any], columns: dict[str, str], values: dict[str, str]) -> str:
    """SQL: the first of the format's columns of which a row's value is of another type.

    `columns` are the file's own with their types, `values` their SQL by lower-cased name. Raises
    UnreadableError where all of a column's values are.
    """
    types = {column.lower(): duckdb.sqltype(kind) for column, kind in columns.items()}
    checks = [
        f"when {value} is not null and try_cast({value} as {wanted}) is null then {text(path)}"
        for column, wanted_here in structure.items()
        if column.lower() in types
        for path, value, wanted in _doubtful(
            column, wanted_here, types[column.lower()], values[column.lower()]
        )
    ]
    return f"case {' '.join(checks)} end" if checks else ""


def _doubtful(
    path: str, wanted: Any, given: Any, value: str | None
) -> Iterator[tuple[str, str, str]]:
    """Path, SQL and wanted type of what may not fit. Within a list there is no SQL of a value."""
    if given.id == "null" or wanted == "json":
        return
    if isinstance(wanted, dict):
        if given.id != "struct":
            raise _other_type(path, given, "an object")
        inner = {member.lower(): (member, kind) for member, kind in given.children}
        for member, kind in wanted.items():
            if member.lower() in inner:
                own, inner_kind = inner[member.lower()]
                inner_value = value and f"struct_extract({value}, {text(own)})"
                yield from _doubtful(f"{path}.{member}", kind, inner_kind, inner_value)
    elif isinstance(wanted, list):
        if given.id not in ("list", "array"):
            raise _other_type(path, given, "a list")
        yield from _doubtful(f"{path}[]", wanted[0], given.children[0][1], None)
    elif wanted in FITTING:
        if given.id in FITTING[wanted]:
            return
        if value is None or given.id not in DOUBTFUL:
            raise _other_type(path, given, NOUNS[wanted])
        yield path, value, wanted
    elif given.id in NESTED:
        raise _other_type(path, given, "text")


def _other_type(path: str, given: Any, wanted: str) -> UnreadableError:
    return UnreadableError(
        f"its column {path} is of type {given.id} where the format reads {wanted}; export it as "
        "the tool does, or use format 'mapped'"
    )
