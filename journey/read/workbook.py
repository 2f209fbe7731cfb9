"""A mart as an Excel workbook: a sheet of rows, and one that says what the columns mean.

Row by row, so that memory stays small whatever the size. Every value has its type; text is never
taken for a formula, a link or a number, not even once its cell is edited.
"""

import math
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from journey.core.errors import ConfigurationError
from journey.read.escaping import is_formula
from journey.read.snapshot import Snapshot

SHEET_ROWS = 1_048_576  # Excel's own, the header's included
CELL_CHARACTERS = 32_767
BATCH = 10_000
FIRST_DAY = date(1900, 3, 1)  # Excel counts a day too many before
TOO_LONG = -2  # what xlsxwriter returns for text that a cell cannot hold
WIDTH = 18


class _Sheet:
    """Writes one cell after the other, each as what it is."""

    def __init__(self, workbook: xlsxwriter.Workbook, name: str) -> None:
        self.sheet: Worksheet = workbook.add_worksheet(name)
        self.formats: dict[str, Format] = {
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "instant": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "text": workbook.add_format({"quote_prefix": True}),
            "header": workbook.add_format({"bold": True, "quote_prefix": True}),
        }

    def header(self, names: list[str]) -> None:
        for column, name in enumerate(names):
            self.sheet.write_string(0, column, name, self.formats["header"])
        self.sheet.freeze_panes(1, 0)

    def write(self, row: int, column: int, value: Any) -> bool:
        """Returns whether the cell could hold it."""
        if value is None:
            return True
        if isinstance(value, bool):
            return not self.sheet.write_boolean(row, column, value)
        if isinstance(value, (int, float, Decimal)) and math.isfinite(value):
            return not self.sheet.write_number(row, column, value)
        if isinstance(value, datetime) and value.date() >= FIRST_DAY:
            return not self.sheet.write_datetime(row, column, value, self.formats["instant"])
        if isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
            return not self.sheet.write_datetime(row, column, value, self.formats["date"])
        return self._write_text(row, column, str(value))

    def _write_text(self, row: int, column: int, text: str) -> bool:
        style = self.formats["text"] if is_formula(text) else None
        return bool(self.sheet.write_string(row, column, text, style) != TOO_LONG)


def write(snapshot: Snapshot, mart: str, path: Path) -> None:
    """Write `mart` of `snapshot` to `path`. Raises ConfigurationError where Excel has no room."""
    _assert_fits(mart, snapshot.version.row_counts[mart])
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": mart, "created": snapshot.version.published_at})
        _write_rows(snapshot, mart, _Sheet(book, mart[:31]))
        _write_meaning(snapshot, mart, _Sheet(book, "what it means"))


def _assert_fits(mart: str, rows: int) -> None:
    if rows >= SHEET_ROWS:
        raise ConfigurationError(
            f"{mart} has {rows:,} rows and an Excel sheet holds {SHEET_ROWS - 1:,} below its "
            "header; export it as .parquet or .csv, or ask for a part with `journey sql --csv`"
        )


def _write_rows(snapshot: Snapshot, mart: str, sheet: _Sheet) -> None:
    cursor = snapshot.connection.execute(f"select * from {mart}")
    names = [column[0] for column in cursor.description]
    sheet.sheet.set_column(0, len(names) - 1, WIDTH)
    sheet.header(names)
    number = 0
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            number += 1
            for column, value in enumerate(row):
                if not sheet.write(number, column, value):
                    raise ConfigurationError(
                        f"{mart} row {number:,}: {names[column]} is longer than the "
                        f"{CELL_CHARACTERS:,} characters that a cell of Excel holds; export it as "
                        ".parquet or .csv"
                    )
    sheet.sheet.autofilter(0, 0, number, len(names) - 1)


def _write_meaning(snapshot: Snapshot, mart: str, sheet: _Sheet) -> None:
    version = snapshot.version
    [(about,)] = snapshot.connection.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' and table_name = ?", [mart]
    ).fetchall()
    columns = snapshot.connection.execute(
        "select column_name, comment from duckdb_columns() where schema_name = 'marts'"
        " and table_name = ? order by column_index",
        [mart],
    ).fetchall()
    rows: list[tuple[Any, ...]] = [
        (mart, about),
        ("version", version.name),
        ("as of (UTC)", version.as_of.replace(tzinfo=None)),
        *columns,
    ]
    sheet.sheet.set_column(0, 0, WIDTH * 2)
    sheet.sheet.set_column(1, 1, WIDTH * 6)
    sheet.header(["column", "meaning"])
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
