"""The rows of one file on which a statement fails, found by halves and set aside as unreadable.

The general net below what formats and conforming say of single values: whatever else a database
stumbles on costs its row, not the file. Which expression it was is not looked for.
"""

from collections.abc import Callable
from typing import TypeVar

import duckdb

from journey.core.database import only_row, only_value
from journey.core.sql import text
from journey.ingest import machine
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import DELIVERED

REASON = "unreadable_value"
MOST_ROWS = 200  # with more of them the file is at fault, or the source's definition
FAILING = "failing"
Made = TypeVar("Made")


def set_aside(
    read: Reading,
    make: Callable[[], Made],
    rest_of: Callable[[str], str] | None = None,
) -> Made:
    """Run `make`, which reads `delivered` of one file, on all of its rows but those it fails on.

    Those become rows of `unreadable`, and with them what `rest_of` them is: where records are made
    of several rows. Raises what `make` raised where no row alone is to blame.
    """
    error, failing = _find(read, make)
    if error is not None and not 0 < len(failing) <= MOST_ROWS:
        raise error
    read.show()
    if error is None:
        return make()
    rows = f"select unnest({failing}) as _row"
    aside = f"select 0 as _file, _row, {text(REASON)} as reason from ({rows})"
    if rest_of:
        try:
            rest = rest_of(f"select * from {DELIVERED} where _row in ({rows})")
            aside = f"select * from ({aside}) union all ({rest})"
            read.connection.execute(f"create or replace table {FAILING} as {aside}")
        except duckdb.Error:
            raise error from None  # there is no way to know which records those are
        read.set_aside(f"select * from {FAILING}")
        read.connection.execute(f"drop table {FAILING}")
        is_all = f"select not exists (select 1 from {DELIVERED})"
        if only_value(read.connection, is_all):
            raise error
    else:
        read.set_aside(aside)
    return make()


def _find(read: Reading, make: Callable[[], object]) -> tuple[duckdb.Error | None, list[int]]:
    """The rows that fail by themselves, no more than one too many, and what was said first."""
    first, last = only_row(read.connection, f"select min(_row), max(_row) from {DELIVERED}")
    ranges = [] if first is None else [(first, last)]
    failing: list[int] = []
    error: duckdb.Error | None = None
    while ranges and len(failing) <= MOST_ROWS:
        low, high = ranges.pop()
        read.show(f"_row between {low} and {high}")
        try:
            make()
            continue
        except duckdb.Error as found:
            if machine.is_of_machine(found):
                raise
            error = error or found
        if low < high:
            middle = (low + high) // 2
            ranges += [(low, middle), (middle + 1, high)]
        else:
            failing.append(low)
    return error, failing
