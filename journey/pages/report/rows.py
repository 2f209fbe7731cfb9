"""The rows of a section as the page gets them: compact JSON.

Values are carried, not changed: but for decimals that are not shown, which the page leaves out.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

# So many that a share rounded here and again to a tenth of a percent is rounded as if once.
DECIMALS = 9


@dataclass(frozen=True)
class Rows:
    """The result of one query, column by column."""

    columns: dict[str, list[Any]]

    @property
    def count(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def first(self) -> dict[str, Any]:
        """The first row, or nothing."""
        return {name: values[0] for name, values in self.columns.items() if values}

    def as_json(self) -> str:
        """Columns of values; text as numbers of its words. Safe inside a script element."""
        packed = {name: _pack(values) for name, values in self.columns.items()}
        text = json.dumps({"count": self.count, "columns": packed}, separators=(",", ":"))
        return (
            text.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
        )


def read_rows(connection: duckdb.DuckDBPyConnection, query: str) -> Rows:
    """Run a section's query."""
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    rows = result.fetchall()
    return Rows({name: [row[place] for row in rows] for place, name in enumerate(names)})


def _pack(values: list[Any]) -> list[Any] | dict[str, list[Any]]:
    if not any(isinstance(value, str | date) for value in values):
        return [_number(value) for value in values]
    words = list(dict.fromkeys(values))
    places = {word: place for place, word in enumerate(words)}
    return {"words": [_text(word) for word in words], "at": [places[value] for value in values]}


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = float(value)
    return round(value, DECIMALS) if isinstance(value, float) else value


def _text(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value
