"""How Python values become parts of SQL text. Nothing here knows what the SQL is for."""

from collections.abc import Iterable


def text(value: object) -> str:
    """A string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: Iterable[object]) -> str:
    """A list of string literals, as `read_csv` and `in` take them without their brackets."""
    return ", ".join(text(value) for value in values)


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'
