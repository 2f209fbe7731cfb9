"""Names that files give their columns: those that a relation cannot have, and those given twice."""

from collections.abc import Iterable

from journey.ingest.read.errors import UnreadableError

UNNAMEABLE = ("", "_file", "_row", "_line")  # no name in SQL, or one that is ours


def given_twice(names: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The wanted names (lower case) that are among these more than once, in whatever case."""
    names = [given.lower() for given in names]
    asked_for = {member.lower() for member in wanted} - {""}
    return sorted(given for given in asked_for if names.count(given) > 1)


def require(names: Iterable[str], required: Iterable[str]) -> None:
    """Raises UnreadableError where a required name is not among these, in whatever case."""
    given = {name.lower() for name in names}
    required = tuple(required)
    if missing := [column for column in required if column.lower() not in given]:
        raise UnreadableError(
            f"it has no column {', '.join(missing)}; expected are {', '.join(required)}"
        )
