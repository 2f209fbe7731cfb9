"""Members that some JSON records give as one type and others as another.

Read as text they cost no record, and most definitions take them so. One that asks for a number, or
for what lies in an object or a list, needs another type: here is which there are. The records that
give yet another are the ones at fault, and `wrong_types` finds them.
"""

import json
from collections.abc import Iterator
from typing import Any

from journey.core.database import Connection
from journey.core.sql import text
from journey.ingest.read.members import path_to
from journey.ingest.read.relations import Lines

Place = tuple[str, ...]  # a member, by the names of the objects that it lies in
MIXED = "JSON"  # as the database calls what fits no one type
NOTHING = "NULL"
TEXT = "VARCHAR"
NUMBERS = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE", "DECIMAL")
OWN_NAMES = {"BOOLEAN": "boolean"} | dict.fromkeys(NUMBERS, "double")
MOST_STRUCTURES = 200
MOST_TYPES = 4


def places(structure: Any, before: Place = ()) -> Iterator[Place]:
    """Where a structure is of several types: a member, or a list that holds what is mixed."""
    for member, inner in structure.items() if isinstance(structure, dict) else ():
        if '"' in member:
            continue
        if inner == MIXED or (isinstance(inner, list) and _is_mixed(inner)):
            yield (*before, member)
        yield from places(inner, (*before, member))


def types_at(connection: Connection, lines: Lines, place: Place) -> list[Any]:
    """The types but plain text that records give at a place, the most frequent first."""
    found = connection.execute(
        f"""select json_structure(json_extract(line, {text(path_to(*place))})) as structure
        from {lines.values} where fault is null
        group by structure order by count(*) desc, structure limit {MOST_STRUCTURES}"""
    ).fetchall()
    types: list[Any] = []
    for (structure,) in found:
        given = json.loads(structure) if structure else NOTHING
        for number, type in enumerate(types):
            if (both := _both(type, given)) is not None:
                types[number] = both
                break
        else:
            if given != NOTHING and len(types) < MOST_TYPES:
                types.append(given)
    return [_named(type) for type in types if type != TEXT]


def texts_where_mixed(structure: Any) -> Any:
    """A structure in which what some records give as text and others as objects is text.

    As JSON all texts would bear their quotes, for the sake of one record.
    """
    if isinstance(structure, dict):
        return {member: texts_where_mixed(inner) for member, inner in structure.items() if member}
    if isinstance(structure, list):
        return [texts_where_mixed(inner) for inner in structure]
    return TEXT if structure == MIXED else structure


def type_in(structure: Any, place: Place) -> Any:
    """What a structure has at a place; nothing where it has no such place."""
    for member in place:
        structure = structure.get(member) if isinstance(structure, dict) else None
    return structure


def with_type(structure: dict[str, Any], place: Place, type: Any) -> dict[str, Any]:
    """The structure with another type at a place."""
    member, *inner = place
    return structure | {member: with_type(structure[member], tuple(inner), type) if inner else type}


def _is_mixed(structure: Any) -> bool:
    inner = structure.values() if isinstance(structure, dict) else structure
    return structure == MIXED or (not isinstance(structure, str) and any(map(_is_mixed, inner)))


def _both(one: Any, other: Any) -> Any:
    """A type that holds what both hold; None where only text would."""
    if one == other or other == NOTHING:
        return one
    if one == NOTHING:
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        members = {m: _both(one.get(m, NOTHING), other.get(m, NOTHING)) for m in one | other}
        return None if None in members.values() else members
    if isinstance(one, list) and isinstance(other, list):
        inner = _both((one or [NOTHING])[0], (other or [NOTHING])[0])
        return None if inner is None else [inner]
    return "DOUBLE" if one in NUMBERS and other in NUMBERS else None


def _named(type: Any) -> Any:
    """A type as formats name it, so that its values are held against it."""
    if isinstance(type, dict):
        return {member: _named(inner) for member, inner in type.items() if member}
    if isinstance(type, list):
        return [_named(inner) for inner in type]
    return OWN_NAMES.get(type, TEXT)
