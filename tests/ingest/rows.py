"""A good row of every kind, as a canonical file gives it, and one for each reason for quarantine.

The folder `kinds` has a file for each kind; a new kind brings its own.
"""

from pathlib import Path

import yaml

EXAMPLES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (Path(__file__).parent / "kinds").glob("*.yml")
}
GOOD: dict[str, dict[str, str]] = {kind: given["good"] for kind, given in EXAMPLES.items()}
# By kind and reason: what is wrong with the row.
BROKEN: dict[str, dict[str, dict[str, str | None]]] = {
    kind: given["broken"] for kind, given in EXAMPLES.items()
}


def good(kind: str, /, **changes: str | None) -> dict[str, str]:
    """A good row with some values changed; None takes a value away."""
    row = GOOD[kind] | changes
    return {column: value for column, value in row.items() if value is not None}


def csv_of(rows: list[dict[str, str]], separator: str = ",") -> str:
    """The rows as CSV under one header."""
    header = list(dict.fromkeys(column for row in rows for column in row))

    def quoted(value: str) -> str:
        needs = any(sign in value for sign in (separator, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if needs else value

    lines = [header, *([row.get(column, "") for column in header] for row in rows)]
    return "".join(separator.join(map(quoted, line)) + "\n" for line in lines)
