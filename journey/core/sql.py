"""How Python values become parts of SQL text. Nothing here knows what the SQL is for."""

import re
from collections.abc import Iterable


def text(value: object) -> str:
    """A string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: Iterable[object]) -> str:
    """A list of string literals, as `read_csv` and `in` take them without their brackets."""
    return ", ".join(text(value) for value in values)


def one_file(path: object) -> str:
    """The path as DuckDB's reading functions take it for this one file: they expand wildcards."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))


def file(path: object) -> str:
    """A string literal that reads this one file, whatever its name."""
    return text(one_file(path))


def files(paths: Iterable[object]) -> str:
    """A list of such literals, without its brackets."""
    return ", ".join(file(path) for path in paths)


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'
