"""What dbt says and keeps of a failure, without the data that the database quotes.

dbt writes the message of each failure to its log, its results and its console, and Dagster copies
it from there. So values are taken out where an error of the database, or of a Python model, comes
into dbt.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
from dbt.adapters.duckdb.environments import Environment, local
from dbt_common.exceptions import DbtRuntimeError

from journey.core.redaction import without_values

FETCHING = ("fetchall", "fetchmany", "fetchone")

_run_python_job = Environment.run_python_job.__func__  # type: ignore[attr-defined]


def install() -> None:
    """Let each error of this process's database come to dbt without values."""
    local.DuckDBCursorWrapper = Cursor  # type: ignore[misc]
    Environment.run_python_job = classmethod(run_python_job)  # type: ignore[method-assign, assignment]


class Cursor(local.DuckDBCursorWrapper):
    """The adapter's cursor, whose errors quote no value."""

    def execute(self, sql: str, bindings: Any = None) -> Any:
        with _redacted():
            return super().execute(sql, bindings)  # type: ignore[no-untyped-call]

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)  # type: ignore[no-untyped-call]
        return _guarded(found) if name in FETCHING else found


def run_python_job(cls: Any, *given: Any, **named: Any) -> None:
    """The adapter's own, whose error quotes the whole traceback of a model."""
    try:
        _run_python_job(cls, *given, **named)
    except DbtRuntimeError as error:
        cause = error.__context__
        if cause is None:
            raise
        where = "".join(traceback.format_tb(cause.__traceback__))
        kind = type(cause).__name__
        raise DbtRuntimeError(
            f"Python model failed:\n{where}{kind}: {without_values(str(cause))}"
        ) from None


@contextmanager
def _redacted() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise type(error)(without_values(str(error))) from None


def _guarded(fetch: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*given: Any, **named: Any) -> Any:
        with _redacted():
            return fetch(*given, **named)

    return guarded
