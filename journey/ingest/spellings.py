"""Names of one record that differ in case alone: they are the same name, as in SQL.

JSON members keep their spelling and records of one file may differ in it. A record that gives one
name in two spellings (or twice) contradicts itself and is unreadable. Which members are wanted is
the caller's to say.
"""

from collections.abc import Iterable
from typing import Any

import duckdb

from journey.core.sql import texts

GIVEN_TWICE = "member_given_twice"
MOST_SPELLINGS = 8  # of one name; records that spell it yet another way are unreadable

Layer = dict[str, str]  # a spelling of each of some members: member -> as records have it


def is_given_twice(line: str) -> str:
    """SQL: whether a record has members of one name."""
    keys = f"json_keys({line})"
    return f"list_unique(list_transform({keys}, lambda member: lower(member))) <> len({keys})"


def found_in_lines(connection: duckdb.DuckDBPyConnection, members: Iterable[str]) -> list[Layer]:
    """Other spellings of lower-case members in the records of the table `lines`."""
    members = tuple(members)
    found = connection.execute(
        f"""select distinct member
        from (
            select unnest(json_keys(line)) as member from lines
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
