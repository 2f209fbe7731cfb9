"""The types of a Parquet file's columns, held against those that a tool's format reads.

A cast would make nothing of what does not fit, in silence. Where a whole column can not fit, the
file is not the tool's export and is rejected; where single values may not, their rows are
unreadable.
"""

from collections.abc import Iterator
from typing import Any

import duckdb

from journey.core.sql import text
from journey.ingest.read.errors import UnreadableError

SMALL = {"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger"}
WHOLE = SMALL | {"ubigint", "hugeint", "uhugeint"}
BINARY = {"float", "double"}
NUMBERS = WHOLE | BINARY | {"decimal"}
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
        f"when {is_misfit} then {text(path)}"
        for column, wanted in structure.items()
        if column.lower() in types
        for path, is_misfit in _doubtful(
            column, wanted, types[column.lower()], values[column.lower()]
        )
    ]
    return f"case {' '.join(checks)} end" if checks else ""


def _doubtful(path: str, wanted: Any, given: Any, value: str) -> Iterator[tuple[str, str]]:
    """Path of what may not fit, and SQL of whether it does not."""
    if given.id == "null" or wanted == "json":
        return
    if isinstance(wanted, dict):
        if given.id != "struct":
            raise _other_type(path, given, "an object")
        inner = {member.lower(): (member, kind) for member, kind in given.children}
        for member, kind in wanted.items():
            if member.lower() in inner:
                own, inner_kind = inner[member.lower()]
                inner_value = f"struct_extract({value}, {text(own)})"
                yield from _doubtful(f"{path}.{member}", kind, inner_kind, inner_value)
    elif isinstance(wanted, list):
        if given.id not in ("list", "array"):
            raise _other_type(path, given, "a list")
        element = f"element_{path.count('[]')}"
        inner_kind = given.children[0][1]
        for inner_path, is_misfit in _doubtful(f"{path}[]", wanted[0], inner_kind, element):
            misfits = f"list_filter({value}, lambda {element}: {is_misfit})"
            yield inner_path, f"coalesce(len({misfits}), 0) > 0"
    elif wanted in FITTING:
        if given.id in FITTING[wanted]:
            return
        if given.id not in DOUBTFUL:
            raise _other_type(path, given, NOUNS[wanted])
        yield path, _is_misfit(wanted, given, value)
    elif given.id in NESTED:
        raise _other_type(path, given, "text")


def _is_misfit(wanted: str, given: Any, value: str) -> str:
    """SQL: whether a value is given and none of the wanted type. A cast would round it."""
    is_given = f"{value} is not null"
    if given.id in BINARY:
        is_given += f" and not isnan({value})"  # which pandas writes where there is no number
    is_other = f"try_cast({value} as {wanted}) is null"
    if wanted == "bigint":
        number = f"try_cast({value} as double)"
        is_other = f"({is_other} or {number} <> trunc({number}))"
    return f"({is_given} and {is_other})"


def _other_type(path: str, given: Any, wanted: str) -> UnreadableError:
    return UnreadableError(
        f"its column {path} is of type {given.id} where the format reads {wanted}; export it as "
        "the tool does, or use format 'mapped'"
    )
