"""One query on the published snapshot, and its answer row by row. How it looks is printing.py's."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from journey.core import memory
from journey.core.errors import ConfigurationError
from journey.read.snapshot import Snapshot

BATCH = 10_000
# Around what DuckDB says: the kind of error before it, a picture of the query after it.
LAYOUT = re.compile(r"^[\w ]+ Error: |LINE \d+:.*", re.DOTALL)


@dataclass
class Answer:
    """Columns and rows; `is_cut` is known once the rows have been read."""

    columns: tuple[str, ...]
    _rows: Iterator[tuple[Any, ...]]
    _limit: int | None
    is_cut: bool = False

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every row up to the limit, once."""
        yield from itertools.islice(self._rows, self._limit)
        if self._limit is not None:
            self.is_cut = next(self._rows, None) is not None


def answer(snapshot: Snapshot, query: str, limit: int | None = None) -> Answer:
    """Run `query`; rows are fetched as they are read. Raises ConfigurationError for a bad query."""
    if not query.strip():
        raise ConfigurationError(
            'the query is empty; write one, such as: journey sql "show tables"'
        )
    try:
        cursor = snapshot.connection.execute(query)
        columns = tuple(column[0] for column in cursor.description or ())
    except duckdb.Error as error:
        raise _not_allowed(error) from None
    return Answer(columns, _fetch(cursor), limit)


def _fetch(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    try:
        while batch := cursor.fetchmany(BATCH):
            yield from batch
    except duckdb.Error as error:
        raise _not_allowed(error) from None


def _not_allowed(error: duckdb.Error) -> ConfigurationError:
    """What DuckDB says, without the picture of the query, and what to do next."""
    reason = " ".join(LAYOUT.sub("", str(error)).split()).rstrip(".")
    is_forbidden = isinstance(error, duckdb.PermissionException)
    if is_forbidden or "read-only" in reason or "configuration has been locked" in reason:
        return ConfigurationError(
            f"the query is not allowed: {reason}; it may read the published marts alone: "
            "`journey export` writes them to files, and a DuckDB of your own can attach "
            "published/current.duckdb beside other data"
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return ConfigurationError(
            f"the query takes more memory than it may: {reason}; ask for fewer rows or columns, or "
            f"{memory.advice(reason, memory.MORE_MEMORY)}"
        )
    return ConfigurationError(
        f'the query failed: {reason}; fix it and ask again, or look with: journey sql "show '
        'tables" and journey sql "describe stage_funnel"'
    )
