"""The members of a JSON record, as SQL: which names it has, in whatever case, and how often."""

from collections.abc import Iterable

from journey.core.sql import texts


def path_to(*place: str) -> str:
    """The JSON path of a member, by the names of the objects that it lies in."""
    return "$" + "".join(f'."{member}"' for member in place)


def lower_keys(line: str) -> str:
    """SQL: the names of a record's members in lower case."""
    return f"list_transform(json_keys({line}), lambda member: lower(member))"


def has_any(line: str, members: Iterable[str]) -> str:
    """SQL: whether a record has one of these members (lower case), in any case."""
    return f"coalesce(list_has_any({lower_keys(line)}, [{texts(members)}]), false)"


def is_given_twice(line: str, members: Iterable[str] | None = None) -> str:
    """SQL: whether a record has several members of one name, of these (lower case) where given."""
    keys = lower_keys(line)
    if members is not None:
        keys = f"list_filter({keys}, lambda member: list_contains([{texts(members)}], member))"
    return f"list_unique({keys}) <> len({keys})"
