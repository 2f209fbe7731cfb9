"""An answer as a table for people, or as CSV or JSON for machines. No data is read here."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from journey.publish import Version
from journey.read.escaping import defused
from journey.read.query import Answer

# A pipe has no width: cells are never folded in one.
UNFOLDED = 100_000
# What a table shows by default.
TABLE_ROWS = 100
RFC_4180 = "\r\n"
NUMBERS = (int, float, Decimal)


def table(answer: Answer, version: Version) -> None:
    """Numbers rounded; what cannot be printed is escaped, so that no cell steers a terminal."""
    rows = list(answer.rows())
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for position, name in enumerate(answer.columns):
        values = [row[position] for row in rows if row[position] is not None]
        is_number = bool(values) and all(_is_number(value) for value in values)
        drawn.add_column(Text(printable(name)), justify="right" if is_number else "left")
    for row in rows:
        drawn.add_row(*(_cell(value) for value in row))
    width = None if sys.stdout.isatty() else UNFOLDED
    Console(highlight=False, width=width).print(drawn)
    notes = Console(stderr=True, highlight=False, soft_wrap=True)
    count = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
    notes.print(f"{count}; version {version.name}, as of {version.as_of:%Y-%m-%d %H:%M} UTC")
    _say_if_cut(answer, len(rows))


def as_csv(answer: Answer, out: TextIO) -> None:
    """Exact values; text that a spreadsheet would run is defused (cells.py)."""
    writer = csv.writer(_Lines(out), lineterminator=RFC_4180)
    writer.writerow(defused(name) for name in answer.columns)
    count = 0
    for row in answer.rows():
        writer.writerow(
            defused(value) if isinstance(value, str) else _plain(value) for value in row
        )
        count += 1
    _say_if_cut(answer, count)


def as_json(answer: Answer, out: TextIO) -> None:
    """An array of objects, a row a line. Numbers stay numbers; what JSON lacks is text or null."""
    count = 0
    out.write("[")
    for row in objects(answer):
        line = json.dumps(row, ensure_ascii=False, default=str)
        out.write(f"{',' if count else ''}\n{line}")
        count += 1
    out.write("\n]\n")
    _say_if_cut(answer, count)


def objects(answer: Answer) -> Iterator[dict[str, Any]]:
    """Each row as an object, with what JSON can hold."""
    names = _distinct(answer.columns)
    for row in answer.rows():
        yield dict(zip(names, (_jsonable(value) for value in row), strict=True))


class _Lines:
    """Ends lines as terminals do. If it did so itself, the writer would leave a cell unquoted that
    holds a carriage return, and so let what follows it pass for a cell of its own."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def write(self, line: str) -> None:
        self.out.write(line.removesuffix(RFC_4180) + "\n")


def _say_if_cut(answer: Answer, count: int) -> None:
    if answer.is_cut:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"These are the first {count:,} rows; there are more: raise --limit, or give --csv or "
            "--json without it for all of them"
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def _cell(value: Any) -> Text:
    if value is None:
        return Text("null", style="dim")
    if isinstance(value, float):
        return Text(_rounded(value))
    return Text(printable(str(_plain(value))))


def _rounded(value: float) -> str:
    """Four decimals at most, and three digits of what is smaller than that."""
    if not math.isfinite(value):
        return str(value)
    if 0 < abs(value) < 0.001:
        return f"{value:.3g}"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def printable(text: str) -> str:
    """`text` with what would steer a terminal shown as an escape."""
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode()
        for character in text
    )


def _plain(value: Any) -> Any:
    """As SQL writes it: true and false in lower case, an instant without a T."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return str(value)
    return value


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _distinct(names: Iterable[str]) -> list[str]:
    """No two columns of the same name, so that none is lost in an object."""
    distinct: list[str] = []
    for name in names:
        number, given = 1, name
        while given in distinct:
            given, number = f"{name}_{number}", number + 1
        distinct.append(given)
    return distinct
