"""The rows of one file on which a statement fails, found by halves and set aside as unreadable.

The general net below what formats and conforming say of single values: whatever else a database
stumbles on costs its row, not the file. Which expression it was, nobody needs to know.
"""

from collections.abc import Callable

import duckdb

from journey.ingest import machine
from journey.ingest.reading import Reading

REASON = "unreadable_value"
MOST_ROWS = 200  # with more of them the file is at fault, or the source's definition


def set_aside(
    connection: duckdb.DuckDBPyConnection, read: Reading, make: Callable[[], None]
) -> None:
    """Run `make`, which reads `delivered` of one file, on all of its rows but those it fails on.

    Those become rows of `unreadable`. Raises what `make` raised where no row alone is to blame.
    """
    first, last = connection.execute("select min(_row), max(_row) from delivered").fetchone()
    ranges = [] if first is None else [(first, last)]
    failing: list[int] = []
    error: duckdb.Error | None = None
    while ranges:
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
            continue
        failing.append(low)
        if len(failing) > MOST_ROWS:
            break
    if error and not 0 < len(failing) <= MOST_ROWS:
        raise error
    numbers = ", ".join(map(str, failing)) or "null"
    read.show(connection, f"_row not in ({numbers})" if failing else "true")
    read.add_unreadable(connection, failing, REASON)
    make()
