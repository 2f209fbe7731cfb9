"""How questions and their answers look: tables for people, CSV and JSON for machines."""

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.ask import Answer, Question
from orchestration.desk.printing import printable, write_csv


def questions(listed: Sequence[Question], *, as_json: bool) -> None:
    """The list of what can be asked."""
    if as_json:
        print(json.dumps([{"number": q.number, "question": q.sentence} for q in listed]))
        return
    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    for question in listed:
        table.add_row(str(question.number), Text(question.sentence))
    console.print(table)
    console.print("\n`journey ask NUMBER` answers.", markup=False)


def answer(given: Answer, *, as_csv: bool, as_json: bool) -> None:
    """The answer in the form that was asked for."""
    if as_json:
        print(json.dumps(_as_dict(given), default=_json_value))
    elif as_csv:
        write_csv(given.columns, given.rows, sys.stdout)
    else:
        _table(given)


def _table(given: Answer) -> None:
    console = Console(highlight=False, soft_wrap=True)
    question = given.question
    console.print(f"{question.number}. {question.sentence}", style="bold", markup=False)
    console.print(question.how_to_read, markup=False)
    console.print()
    if not given.rows:
        console.print("No row answers it yet: there is too little data for it.")
    else:
        table = Table(box=None, pad_edge=False)
        for position, name in enumerate(given.columns):
            is_number = any(_is_number(row[position]) for row in given.rows)
            table.add_column(name, justify="right" if is_number else "left", no_wrap=True)
        for row in given.rows:
            table.add_row(*(Text(_cell(value)) for value in row))
        console.print(table)
    console.print(f"\nVersion {given.version}, as of {given.as_of:%Y-%m-%d %H:%M} UTC", style="dim")


def _cell(value: object) -> str:
    """Four significant digits at most; the machine forms give every digit."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if _is_number(value):
        return f"{value:,}"
    return printable(str(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _as_dict(given: Answer) -> dict[str, object]:
    return {
        "number": given.question.number,
        "question": given.question.sentence,
        "how_to_read": given.question.how_to_read,
        "version": given.version,
        "as_of": given.as_of,
        "rows": [dict(zip(given.columns, row, strict=True)) for row in given.rows],
    }


def _json_value(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
