"""JSON records whose members are not what the tool's format says: text where a list should be.

Taken as they come, such members would be nothing, and what was in them would be gone in silence.
Lists and objects may be empty in every way that tools know: null, "", [] and {}. What the values
themselves must be is the contract's to say.
"""

from collections.abc import Iterator
from typing import Any

from journey.core.database import Connection, only_value
from journey.core.sql import text, texts
from journey.ingest.read.record_shapes import RecordShapes
from journey.ingest.read.relations import RECORD_SHAPES, Lines

WRONG_TYPE = "wrong_member_type"
EMPTY = ("null", '""', "[]", "{}")
EXACT = "decimal(38, 15)"  # of whole numbers with fractions, which a cast to them would round
NESTED = ("ARRAY", "OBJECT")
# What JSON has for them; other values must be text that says the same. A whole number without a
# sign may be one more than the database's.
OWN_TYPES = {
    "bigint": ("BIGINT",),
    "double": ("DOUBLE", "BIGINT", "UBIGINT"),
    "boolean": ("BOOLEAN",),
}


def paths_of(structure: dict[str, Any]) -> list[str]:
    """The places at which a record's types are looked at; shapes are to be of these."""
    return [path for path, _ in _members(structure)]


def set_aside(
    connection: Connection,
    lines: Lines,
    structure: dict[str, Any],
    shapes: RecordShapes,
) -> None:
    """Make records of the lines unreadable that have a member of another type, or none.

    Its name, which is the structure's own, becomes the line's `value`; empty where there is none.
    Only records of which the types alone do not show that all is well are looked at one by one.
    """
    members = list(_members(structure))
    top = ", ".join(
        f"types[{place}]" for place, (path, _) in enumerate(members, 1) if path.count('"') == 2
    )
    is_none = f"coalesce({top}) is null"
    doubts = [is_none]
    checks = [f"case when {is_none} then '' end"]
    for place, (path, kind) in enumerate(members, 1):
        if kind != "json":
            doubts.append(_is_doubtful(kind, f"types[{place}]"))
            checks.append(_check(path, kind, f"types[{place}]", f"plain[{place}]"))
    is_typed = any(kind in OWN_TYPES for _, kind in members if isinstance(kind, str))
    paths = texts(path for path, _ in members)
    plain = f", json_extract_string(line, [{paths}]) as plain" if is_typed else ""
    # Conditions on what is made of `types` would make it again each time that they name it.
    connection.execute(
        f"""create table wrong_lines as
        select place, coalesce({", ".join(checks)}) as misfit
        from (
            select lines.rowid as place, line, {shapes.types} as types {plain}
            from {lines.values} as lines
            where lines.rowid in (
                select place from {RECORD_SHAPES} where types in (
                    select shape
                    from (
                        select types as shape, {shapes.types} as types
                        from {shapes.samples("types")}
                    )
                    group by shape having bool_or({" or ".join(doubts)})
                )
            )
        )"""
    )
    is_any = "select exists (from wrong_lines where misfit is not null)"
    if only_value(connection, is_any):
        connection.execute(
            f"""update {lines.values} set fault = {text(WRONG_TYPE)}, value = misfit
            from wrong_lines
            where {lines.values}.rowid = wrong_lines.place and misfit is not null"""
        )
    connection.execute("drop table wrong_lines")


def misfit(path: str, kind: Any) -> str:
    """SQL: the name of the member at a path of `line` where its value is of another kind."""
    if kind == "json":
        return "null"
    found, plain = f"json_type(line, {text(path)})", f"json_extract_string(line, {text(path)})"
    return _check(path, kind, found, plain)


def _members(structure: Any, before: str = "$") -> Iterator[tuple[str, Any]]:
    """Paths and types of what objects hold, objects in them included."""
    for member, kind in structure.items() if isinstance(structure, dict) else ():
        path = f'{before}."{member}"'
        yield path, kind
        yield from _members(kind, path)


def _is_doubtful(kind: Any, found: str) -> str:
    """SQL: whether a value of a JSON type must be looked at to know that it is of its kind."""
    fitting: tuple[str, ...]
    if isinstance(kind, dict):
        fitting = ("OBJECT", "NULL")
    elif isinstance(kind, list):
        fitting = ("ARRAY", "NULL") if kind[0] == "json" else ("NULL",)
    elif kind in OWN_TYPES:
        fitting = (*OWN_TYPES[kind], "NULL")
    else:
        return f"coalesce({found} in ({texts(NESTED)}), false)"
    return f"coalesce({found} not in ({texts(fitting)}), false)"


def _check(path: str, kind: Any, found: str, plain: str) -> str:
    """SQL: the name of the member at a path where its value is none of a kind, but free JSON."""
    misfit = text(_shown(path))
    if isinstance(kind, dict):
        return f"case when {found} <> 'OBJECT' then {_if_not_empty('line', path, misfit)} end"
    if isinstance(kind, list):
        return (
            f"case when {found} = 'ARRAY' then {_check_elements(path, kind[0])}"
            f" when {found} <> 'ARRAY' then {_if_not_empty('line', path, misfit)} end"
        )
    return f"case when {_is_other_scalar(kind, found, plain)} then {misfit} end"


def _is_other_scalar(kind: str, found: str, plain: str) -> str:
    """SQL: whether a value of a JSON type is none of a kind, also read from its text."""
    if kind not in OWN_TYPES:
        return f"{found} in ({texts(NESTED)})"
    is_other = f"try_cast({plain} as {kind}) is null"
    if kind == "bigint":
        exact = f"try_cast({plain} as {EXACT})"
        is_other = f"({is_other} or coalesce({exact} <> trunc({exact}), true))"
    return (
        f"{found} not in ({texts((*OWN_TYPES[kind], 'NULL'))})"
        f" and tidy({plain}) is not null and {is_other}"
    )


def _if_not_empty(value: str, path: str, misfit: str) -> str:
    given = f"cast(json_extract({value}, {text(path)}) as varchar)"
    return f"case when {given} not in ({texts(EMPTY)}) then {misfit} end"


def _check_elements(path: str, kind: Any) -> str:
    """SQL: the same for all that the elements of a list hold. A list is looked at by itself."""
    cases = []
    for inner, inner_kind in _in_list(kind, "$[*]"):
        if inner_kind == "json":
            continue
        if isinstance(inner_kind, str):
            given = "json_extract_string(inner_value, '$')"
            is_wrong = _is_other_scalar(inner_kind, "json_type(inner_value)", given)
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
    if not cases:
        return "null"
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
