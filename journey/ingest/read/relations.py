"""The relations that hold a batch while it is read: their names, and what columns they have.

Each step is given the relations that it reads. Only `delivered` has a name that others know too:
the formats and the expressions of mapped sources select from it.
"""

from dataclasses import dataclass

from journey.core.database import Connection

DELIVERED = "delivered"  # _file, _row and the columns asked for, of every row that can be read
UNREADABLE = "unreadable"  # _file, _row, reason, value, row_text of every row that cannot
UNREADABLE_BY_ITSELF = "unreadable_by_itself"  # UNREADABLE without the rows that are set aside
SET_ASIDE = "rows_set_aside"  # _file, _row, reason
COUNTED = "counted"  # _file, records: how many rows each file holds, readable or not
RECORDS = "records"  # _file, _row and values, readable or not
KEPT = "kept"  # RECORDS without the rows that are set aside
RECORD_SHAPES = "record_shapes"  # place (in Lines), names and types: what is alike in like records
ODD_RECORDS = "odd_records"  # place
VIEWS = (DELIVERED, UNREADABLE, UNREADABLE_BY_ITSELF, COUNTED, KEPT, RECORDS)


@dataclass(frozen=True)
class Lines:
    """JSON values, one a row.

    `values` has _file, _line, line, fault (why it is no record) and value (what shows that);
    `starts`, for each file, before_first: the number of lines that are numbered before its first.
    """

    values: str = "lines"
    starts: str = "line_starts"


@dataclass(frozen=True)
class Cells:
    """CSV rows.

    `values` has _file, _line and the columns as text; `starts` is as in Lines; `broken` has _file,
    _row, reason, row_text, good_before of the rows that the parser rejects.
    """

    values: str = "cells"
    starts: str = "line_starts"
    broken: str = "broken_rows"


TABLES = (
    *(Lines.values, Lines.starts),
    *(Cells.values, Cells.broken),
    SET_ASIDE,
    RECORD_SHAPES,
    ODD_RECORDS,
    "reject_errors",
    "reject_scans",
)


def drop(connection: Connection) -> None:
    """Drop what the last batch left on the connection."""
    for view in VIEWS:
        connection.execute(f"drop view if exists {view}")
    for table in TABLES:
        connection.execute(f"drop table if exists {table}")
