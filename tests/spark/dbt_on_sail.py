"""`journey-dbt` with Sail in place of a cluster: every statement is read and typed, no row is made.

A model becomes an empty table of its columns, so that what reads it is checked against them. It
is the dialect that is judged here, in half a minute; what the tables hold is judged on a cluster.
Sail has no catalogue of partitions, and does not run Python: the tables of Python models come from
a warehouse that DuckDB has built, as empty as the others.
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.spark.connections import SparkConnectionManager, SparkConnectionWrapper

from journey.core.sql import text
from journey.transform.spark import adapter, python_models, server
from journey.transform.spark.files import Files
from tests.spark.sail import Sail

BUILT = "TEST_BUILT_WAREHOUSE"  # the path of what DuckDB has built, in the environment
COMMENT = re.compile(r"^\s*/\*.*?\*/", re.DOTALL)  # dbt's, of what a statement is for
PARTITIONS = re.compile(r"msck repair table \S+")
FILES = re.compile(r"create table (\S+) using parquet options \(path '(.*)', mergeSchema 'true'\)")
QUERY = re.compile(r"(select|with|describe|show)\b", re.IGNORECASE)
TABLE = re.compile(r"(create table \S+\s+using parquet\s+as)\s+(.*)", re.DOTALL)


class Handle(SparkConnectionWrapper):
    """What dbt's adapter takes for a connection, and for its cursor."""

    def __init__(self, sail: Sail) -> None:
        self.sail = sail
        self.found: Any = None

    def cursor(self) -> "Handle":
        return Handle(self.sail)

    def execute(self, sql: str, bindings: list[Any] | None = None) -> None:
        statement = COMMENT.sub("", sql).strip()
        if bindings:
            statement %= tuple(map(literal, bindings))
        found = None if PARTITIONS.fullmatch(statement) else self.sail.run(without_rows(statement))
        self.found = found if QUERY.match(statement) else None  # others have been run by now

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.found.collect()] if self.found else []

    @property
    def description(self) -> list[tuple[Any, ...]]:
        fields = self.found.schema.fields if self.found else ()
        nothing = [None] * 5
        return [(field.name, field.dataType.simpleString().upper(), *nothing) for field in fields]

    def cancel(self) -> None: ...

    def close(self) -> None: ...

    def rollback(self) -> None: ...


def without_rows(statement: str) -> str:
    files = FILES.fullmatch(statement)
    if files:
        statement = f"create table {files[1]} using parquet as select * from parquet.`{files[2]}`"
    return TABLE.sub(r"\1 select * from (\2) limit 0", statement)


def literal(value: Any) -> str:
    if value is None:
        return "null"
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def write_built_rows(name: str, code: str, files: Files, path: Path) -> None:
    """No row of a Python model's table, in place of a run of its code."""
    with duckdb.connect(os.environ[BUILT], read_only=True) as connection:
        connection.execute(f"copy (from intermediate.{name} limit 0) to {text(path)}")


def main() -> None:
    adapter.install()
    sail = Sail()

    def open_connection(cls: Any, connection: Connection) -> Connection:
        connection.handle = Handle(sail)
        connection.state = ConnectionState.OPEN
        return connection

    def run_at(host: str, port: int, statements: Iterable[str]) -> None:
        for statement in statements:
            sail.run(without_rows(statement))

    SparkConnectionManager.open = classmethod(open_connection)
    server.run_at = run_at
    python_models._write_rows = write_built_rows
    from dbt.cli.main import dbtRunner

    done = dbtRunner().invoke(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0 if done.success else 1)  # the server's threads are not waited for


if __name__ == "__main__":
    main()
