"""JSON records whose members are not what the tool's format says: text where a list should be.

Taken as they come, such members would be nothing, and what was in them would be gone in silence.
Lists and objects may be empty in every way that tools know: null, "", [] and {}. What the values
themselves must be is the contract's to say.
"""

from collections.abc import Iterator
from typing import Any

import duckdb

from journey.core.sql import text, texts
from journey.ingest.read.relations import Lines

WRONG_TYPE = "wrong_member_type"
EMPTY = ("null", '""', "[]", "{}")
NESTED = ("ARRAY", "OBJECT")
# What JSON has for them; other values must be text that says the same.
OWN_TYPES = {
    "bigint": ("BIGINT", "UBIGINT"),
    "double": ("DOUBLE", "BIGINT", "UBIGINT"),
    "boolean": ("BOOLEAN",),
}


def set_wrong_types_aside(
    connection: duckdb.DuckDBPyConnection, lines: Lines, structure: dict[str, Any]
) -> None:
    """Make records of the lines unreadable that have a member of another type, or none.

    Its name, which is the structure's own, becomes the line's `value`; empty where there is none.
    """
    members = list(_members(structure))
    own = ", ".join(
        f"types[{place}]" for place, (path, _) in enumerate(members, 1) if path.count('"') == 2
    )
    checks = [f"case when coalesce({own}) is null then '' end"]
    checks += [
        check
        for place, (path, kind) in enumerate(members, 1)
        if (check := _check(path, kind, f"types[{place}]", f"plain[{place}]"))
    ]
    paths = texts(path for path, _ in members)
    is_typed = any(kind in OWN_TYPES for _, kind in members if isinstance(kind, str))
    plain = f", json_extract_string(line, [{paths}]) as plain" if is_typed else ""
    connection.execute(
        f"""create table wrong_lines as
        select place, misfit
        from (
            select place, coalesce({", ".join(checks)}) as misfit
            from (
                select rowid as place, line, json_type(line, [{paths}]) as types {plain}
                from {lines.values} where fault is null
            )
        )
        where misfit is not null"""
    )
    if connection.execute("select exists (from wrong_lines)").fetchone()[0]:
        connection.execute(
            f"""update {lines.values} set fault = {text(WRONG_TYPE)}, value = misfit
            from wrong_lines where {lines.values}.rowid = wrong_lines.place"""
        )
    connection.execute("drop table wrong_lines")


def misfit(path: str, kind: Any) -> str:
    """SQL: the name of the member at a path of `line` where its value is of another kind."""
    found, plain = f"json_type(line, {text(path)})", f"json_extract_string(line, {text(path)})"
    return _check(path, kind, found, plain) or "null"


def _members(structure: Any, before: str = "$") -> Iterator[tuple[str, Any]]:
    """Paths and types of what objects hold, objects in them included."""
    for member, kind in structure.items() if isinstance(structure, dict) else ():
        path = f'{before}."{member}"'
        yield path, kind
        yield from _members(kind, path)


def _check(path: str, kind: Any, found: str, plain: str) -> str | None:
    """SQL: the name of the member at a path where its value is not of its kind."""
    misfit = text(_shown(path))
    if isinstance(kind, dict):
        return f"case when {found} <> 'OBJECT' then {_if_not_empty('line', path, misfit)} end"
    if isinstance(kind, list):
        return (
            f"case when {found} = 'ARRAY' then {_check_elements(path, kind[0])}"
            f" when {found} <> 'ARRAY' then {_if_not_empty('line', path, misfit)} end"
        )
    if kind in OWN_TYPES:
        return (
            f"case when {found} not in ({texts((*OWN_TYPES[kind], 'NULL'))})"
            f" then case when try_cast({plain} as {kind}) is null and tidy({plain}) is not null"
            f" then {misfit} end end"
        )
    if kind == "json":
        return None
    return f"case when {found} in ({texts(NESTED)}) then {misfit} end"


def _if_not_empty(value: str, path: str, misfit: str) -> str:
    given = f"cast(json_extract({value}, {text(path)}) as varchar)"
    return f"case when {given} not in ({texts(EMPTY)}) then {misfit} end"


def _check_elements(path: str, kind: Any) -> str:
    """SQL: the same for all that the elements of a list hold. A list is looked at by itself."""
    cases = []
    for inner, inner_kind in _in_list(kind, "$[*]"):
        if isinstance(inner_kind, str):
            if inner_kind == "json":
                continue
            is_wrong = f"json_type(inner_value) in ({texts(NESTED)})"
            if inner_kind in OWN_TYPES:
                given = "json_extract_string(inner_value, '$')"
                is_wrong = (
                    f"json_type(inner_value) not in ({texts((*OWN_TYPES[inner_kind], 'NULL'))})"
                    f" and try_cast({given} as {inner_kind}) is null and tidy({given}) is not null"
                )
        else:
            wanted = "OBJECT" if isinstance(inner_kind, dict) else "ARRAY"
            is_wrong = (
                f"json_type(inner_value) <> '{wanted}'"
                f" and cast(inner_value as varchar) not in ({texts(EMPTY)})"
            )
        values = f"json_extract(elements, {text(inner)})"
        cases.append(
            f"when len(list_filter({values}, lambda inner_value: {is_wrong})) > 0"
            f" then {text(_shown(path + inner.removeprefix('$')))}"
        )
    return (
        f"(select case {' '.join(cases)} end"
        f" from (select json_extract(line, {text(path)}) as elements))"
    )


def _in_list(kind: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Paths and types of an element and of all that it holds."""
    yield path, kind
    if isinstance(kind, list):
        yield from _in_list(kind[0], f"{path}[*]")
    for member, inner in kind.items() if isinstance(kind, dict) else ():
        yield from _in_list(inner, f'{path}."{member}"')


def _shown(path: str) -> str:
    return path.removeprefix("$.").replace('"', "").replace("[*]", "[]")
