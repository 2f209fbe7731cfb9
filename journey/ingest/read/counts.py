"""How many records the files of a batch hold, and what each count is held against."""

from typing import Any

from journey.core.database import Connection
from journey.ingest.read.relations import COUNTED


def by_file(connection: Connection, query: str) -> dict[Any, int]:
    """The rows of a query with two columns, of which the first is a file's name or place."""
    return dict(connection.execute(query).fetchall())


def records(connection: Connection) -> dict[int, int]:
    """How many records each file holds, by place in the batch; none of a file without any."""
    return by_file(connection, f"select _file, records from {COUNTED}")
