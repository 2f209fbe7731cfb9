"""The members of a JSON record, as SQL: which names it has, in whatever case, and how often."""

from collections.abc import Iterable

from journey.core.sql import texts


def path_to(*place: str) -> str:
    """The JSON path of a member, by the names of the objects that it lies in."""
    return "$" + "".join(f'."{member}"' for member in place)


def has_any(line: str, members: Iterable[str]) -> str:
    """SQL: whether a record has one of these members (lower case), in any case."""
    names = _lower(f"json_keys({line})")
    return f"coalesce(list_has_any({names}, [{texts(members)}]), false)"


def is_given_twice(line: str, members: Iterable[str] | None = None) -> str:
    """SQL: whether a record has several members of one name, of these (lower case) where given."""
    return is_among_twice(f"json_keys({line})", members)


def is_among_twice(names: str, members: Iterable[str] | None = None) -> str:
    """SQL: whether one name is several times among the names of an object, in whatever case."""
    names = _lower(names)
    if members is not None:
        names = f"list_filter({names}, lambda member: list_contains([{texts(members)}], member))"
    return f"list_unique({names}) <> len({names})"


def _lower(names: str) -> str:
    return f"list_transform({names}, lambda member: lower(member))"
