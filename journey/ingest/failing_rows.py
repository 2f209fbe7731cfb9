"""The rows of one file on which a statement fails, found by halves and set aside as unreadable.

The general net below what formats and conforming say of single values: whatever else a database
stumbles on costs its row, not the file. Which expression it was, nobody needs to know.
"""

from collections.abc import Callable

import duckdb

from journey.core.sql import text
from journey.ingest import machine
from journey.ingest.reading import Reading

REASON = "unreadable_value"
MOST_ROWS = 200  # with more of them the file is at fault, or the source's definition


def set_aside(
    connection: duckdb.DuckDBPyConnection,
    read: Reading,
    make: Callable[[], None],
    rest_of: Callable[[str], str] | None = None,
) -> None:
    """Run `make`, which reads `delivered` of one file, on all of its rows but those it fails on.

    Those become rows of `unreadable`, and with them what `rest_of` them is: where records are made
    of several rows. Raises what `make` raised where no row alone is to blame.
    """
    error, failing = _find(connection, read, make)
    if error is not None and not 0 < len(failing) <= MOST_ROWS:
        raise error
    read.show(connection)
    if error is None:
        make()
        return
    rows = f"select unnest({failing}) as _row"
    aside = f"select 0 as _file, _row, {text(REASON)} as reason from ({rows})"
    if rest_of:
        try:
            rest = rest_of(f"select * from delivered where _row in ({rows})")
            aside = f"select * from ({aside}) union all ({rest})"
            connection.execute(f"create or replace table failing as {aside}")
        except duckdb.Error:
            raise error from None  # which records those are cannot be told
        aside = "select * from failing"
    read.set_aside(connection, aside)
    is_all = "select not exists (select 1 from delivered)"
    if rest_of and connection.execute(is_all).fetchone()[0]:
        raise error
    make()


def _find(
    connection: duckdb.DuckDBPyConnection, read: Reading, make: Callable[[], None]
) -> tuple[duckdb.Error | None, list[int]]:
    """The rows that fail by themselves, no more than one too many, and what was said first."""
    first, last = connection.execute("select min(_row), max(_row) from delivered").fetchone()
    ranges = [] if first is None else [(first, last)]
    failing: list[int] = []
    error: duckdb.Error | None = None
    while ranges and len(failing) <= MOST_ROWS:
        low, high = ranges.pop()
        read.show(connection, f"_row between {low} and {high}")
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
