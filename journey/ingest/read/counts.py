"""How many records the files of a batch hold, and what each count is held against."""

import duckdb

from journey.ingest.read.relations import COUNTED


def by_file(connection: duckdb.DuckDBPyConnection, query: str) -> dict:
    """The rows of a query with two columns, of which the first is a file's name or place."""
    return dict(connection.execute(query).fetchall())


def records(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """How many records each file holds, by place in the batch; none of a file without any."""
    return by_file(connection, f"select _file, records from {COUNTED}")
