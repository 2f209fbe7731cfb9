"""Names of one record that differ in case alone: they are the same name, as in SQL.

JSON members keep their spelling and records of one file may differ in it. A record that gives one
name in two spellings (or twice) contradicts itself and is unreadable. Which members are wanted is
the caller's to say.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from journey.core.database import Connection, only_row
from journey.core.sql import text, texts
from journey.ingest.read.members import is_among_twice
from journey.ingest.read.record_shapes import FreeJson, Objects, RecordShapes
from journey.ingest.read.relations import Lines

GIVEN_TWICE = "member_given_twice"
# In free JSON names that differ in case are two, as for those who read it.
IS_SAME_TWICE = "list_unique(found) <> len(found)"
OTHER_SPELLING = "member_spelled_otherwise"
MOST_SPELLINGS = 8  # of one name; records that spell it yet another way are unreadable

Layer = dict[str, str]  # a spelling of each of some members: member -> as records have it


def set_given_twice_aside(shapes: RecordShapes) -> None:
    """Make records unreadable that give one object a name twice that is known of it.

    Of objects in free JSON, any name.
    """
    if shapes.find(_is_given_twice, of_free_json=IS_SAME_TWICE):
        shapes.set_odd_aside(GIVEN_TWICE)


def is_given_twice_within(path: str) -> str:
    """SQL: whether an object of the free JSON at a path of `line` has one name twice."""
    return f"len(list_filter({FreeJson(path).keys}, lambda found: {IS_SAME_TWICE})) > 0"


def set_wrappers_given_twice_aside(shapes: RecordShapes, wrappers: tuple[str, ...]) -> None:
    """Make unreadable what gives a name twice under which tools list their records."""
    is_twice = is_among_twice("found", wrappers)
    if wrappers and shapes.find(lambda objects: is_twice if objects.path == "$" else "false"):
        shapes.set_odd_aside(GIVEN_TWICE)


def _is_given_twice(objects: Objects) -> str:
    """SQL: whether a known name is among the names `found` of one object more than once."""
    return is_among_twice("found", sorted({member.lower() for member in objects.members}))


def set_aside(
    connection: Connection,
    lines: Lines,
    structure: dict[str, Any],
    wanted: Iterable[str],
) -> dict[str, Any]:
    """Make records of the lines unreadable in which a wanted name (lower case) is unclear.

    It is when one object gives it twice. Within objects, which the database reads in one spelling,
    also when it is spelled otherwise than in most records; the structure that is left has that one
    spelling.
    """
    wanted = set(wanted)
    known = _wanted(structure, wanted)
    if isinstance(known, dict):
        shapes = RecordShapes(connection, lines, known)
        set_given_twice_aside(shapes)
        shapes.drop()
    unclear = [
        paths
        for member, inner in structure.items()
        if member.lower() in wanted
        for paths in _unclear(inner, f'$."{member}"', wanted)
    ]
    for paths in unclear:
        counts = ", ".join(f"count_if({_has(path)})" for path in paths)
        found = only_row(connection, f"select {counts} from {lines.values} where fault is null")
        most = paths[found.index(max(found))]
        others = [path for path in paths if path != most]
        connection.execute(
            f"""update {lines.values} set fault = {text(OTHER_SPELLING)}
            where fault is null and ({" or ".join(map(_has, others))})"""
        )
        for path in others:
            structure = _without(structure, path, "$")
    return structure


def _wanted(structure: Any, wanted: set[str]) -> Any:
    """What of a structure has wanted names all the way; where none follows, it is free JSON."""
    if isinstance(structure, list):
        return [_wanted(structure[0], wanted)]
    if not isinstance(structure, dict):
        return structure
    return {
        m: _wanted(inner, wanted) for m, inner in structure.items() if m.lower() in wanted
    } or "json"


def _unclear(structure: Any, path: str, wanted: set[str]) -> Iterator[list[str]]:
    """Paths of members within one object whose names differ in case alone, name by name."""
    if isinstance(structure, list):
        yield from _unclear(structure[0], f"{path}[*]", wanted)
        return
    if not isinstance(structure, dict):
        return
    by_name: dict[str, list[str]] = {}
    for member, inner in structure.items():
        if member.lower() not in wanted:
            continue
        by_name.setdefault(member.lower(), []).append(f'{path}."{member}"')
        yield from _unclear(inner, f'{path}."{member}"', wanted)
    yield from (paths for paths in by_name.values() if len(paths) > 1)


def _has(path: str) -> str:
    if "[*]" in path:
        return f"len(json_extract(line, {text(path)})) > 0"
    return f"json_exists(line, {text(path)})"


def _without(structure: Any, path: str, here: str) -> Any:
    if isinstance(structure, list):
        return [_without(structure[0], path, f"{here}[*]")]
    if not isinstance(structure, dict):
        return structure
    return {
        member: _without(inner, path, f'{here}."{member}"')
        for member, inner in structure.items()
        if f'{here}."{member}"' != path
    }


def found_in_lines(connection: Connection, lines: Lines, members: Iterable[str]) -> list[Layer]:
    """Other spellings of lower-case members in the records of the lines."""
    members = tuple(members)
    found = connection.execute(
        f"""select distinct member
        from (
            select unnest(json_keys(line)) as member from {lines.values}
            where fault is null and not list_has_all([{texts(members)}], json_keys(line))
        )
        where list_contains([{texts(members)}], lower(member)) and member <> lower(member)
        order by member"""
    ).fetchall()
    return _layers((spelled.lower(), spelled) for (spelled,) in found)


def merged(structure: dict[str, Any]) -> tuple[dict[str, Any], list[Layer]]:
    """A structure whose members differ in more than case, and the spellings left out of it."""
    first: dict[str, str] = {}
    others = []
    kept: dict[str, Any] = {}
    for member, inner in structure.items():
        known = first.setdefault(member.lower(), member)
        kept[known] = _common(kept[known], inner) if known in kept else inner
        if known != member:
            others.append((known, member))
    return kept, _layers(others)


def _layers(spelled: Iterable[tuple[str, str]]) -> list[Layer]:
    """The spellings, so shared out that none has two of one member: records are read once each."""
    layers: list[Layer] = []
    for member, spelling in spelled:
        layer = next((layer for layer in layers if member not in layer), None)
        if layer is None:
            if len(layers) == MOST_SPELLINGS:
                continue
            layers.append(layer := {})
        layer[member] = spelling
    return layers


def _common(one: Any, other: Any) -> Any:
    """A type that holds what both hold."""
    if one == other:
        return one
    is_nested = isinstance(one, dict | list) or isinstance(other, dict | list)
    return "JSON" if is_nested else "VARCHAR"
