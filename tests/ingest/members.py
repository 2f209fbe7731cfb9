"""What a record of a tool becomes with its members given otherwise: of another type, twice, in
another case."""

import json
from collections.abc import Callable
from typing import Any

from journey.ingest.formats import read_format

FREE = "json"  # the type of what is not read by its members, which the team may have named
NUMBERS = ("bigint", "double", "boolean")
EMPTY = [None, "", [], {}]


def wrong_values(kind: Any) -> list[Any]:
    if isinstance(kind, list):
        return ["text", {"a": 1}, 5]
    if isinstance(kind, dict):
        return ["text", [1], True]
    if kind == FREE:
        return []
    return [[1], {"a": 1}, *(["text"] if kind in NUMBERS else [])]


def branches(kind: Any, path: tuple = ()) -> list[tuple[tuple, Any]]:
    """Every member of a structure, of lists the first element: its path and type."""
    found = [(path, kind)] if path else []
    inner = kind.items() if isinstance(kind, dict) else ()
    if isinstance(kind, list):
        inner = [(0, kind[0])]
    for step, of in inner:
        found += branches(of, (*path, step))
    return found


def record_with(record: dict[str, Any], path: tuple, value: Any) -> dict[str, Any]:
    """The record with a value at a path, whatever lies before it."""
    *before, last = path
    copy = place = json.loads(json.dumps(record))
    for step, then in zip(before, path[1:], strict=True):
        if isinstance(place, list):
            place[:] = [{} if isinstance(then, str) else []]
        elif not isinstance(place.get(step), dict if isinstance(then, str) else list):
            place[step] = {} if isinstance(then, str) else []
        place = place[step]
    if isinstance(place, list):
        place[:] = [value]
    else:
        place[last] = value
    return copy


def in_lists_of_scalars(path: tuple, kind: Any) -> bool:
    return isinstance(kind, str) and kind in NUMBERS and 0 in path


def of_wrong_types(kind: str, format: str, record: dict) -> list[tuple[tuple, dict]]:
    """The record with each member in each type that it cannot have, and that member's path."""
    return [
        (path, record_with(record, path, value))
        for path, of in branches(read_format(kind, format).columns)
        for value in wrong_values(of)
        if not (in_lists_of_scalars(path, of) and value == "text")
    ]


def emptied(kind: str, format: str, record: dict) -> list[dict]:
    """The record with each of its lists and objects empty in every way."""
    nested = [
        path
        for path, of in branches(read_format(kind, format).columns)
        if isinstance(of, dict | list) and (format != "ga4" or path[0] != "event_params")
    ]
    return [record_with(record, path, value) for path in nested for value in EMPTY] or [record]


def recased(value: Any, case: Callable[[str], str], kind: Any) -> Any:
    """The value with its names in another case, but those in what is free."""
    if kind == FREE:
        return value
    if isinstance(value, dict):
        kinds = kind if isinstance(kind, dict) else {}
        return {case(own): recased(inner, case, kinds.get(own)) for own, inner in value.items()}
    if isinstance(value, list):
        kinds = kind if isinstance(kind, list) else [None]
        return [recased(inner, case, kinds[0]) for inner in value]
    return value


def given_twice(kind: str, format: str, record: dict) -> list[str]:
    """The record's text with each member that the format reads beside another of its name."""
    return [
        _given_again(record, path, name)
        for path in _members_of(record)
        if not path.startswith(("line_items", "current_"))
        for name in _spellings_read(kind, format, path)
    ]


def _members_of(record: dict, before: str = "") -> list[str]:
    """Every member of a record that is in no list, by its path."""
    found = [before + member for member in record]
    for member, inner in record.items():
        if isinstance(inner, dict):
            found += _members_of(inner, f"{before}{member}.")
    return found


def _spellings_read(kind: str, format: str, path: str) -> list[str]:
    """What is the same name beside a member: in free JSON its own alone, and what a format does
    not read is free to name a thing twice."""
    node: Any = read_format(kind, format).columns
    *_, name = steps = path.split(".")
    for step in steps:
        if node == FREE:
            return [name]
        if not isinstance(node, dict) or step not in node:
            return []
        node = node[step]
    return [name, name.swapcase()]


def _given_again(record: dict, path: str, name: str) -> str:
    outer, _, member = path.rpartition(".")
    marked = at = json.loads(json.dumps(record))
    for step in outer.split(".") if outer else ():
        at = at[step]
    at["MARK"] = at[member]
    return json.dumps(marked).replace('"MARK"', json.dumps(name))
