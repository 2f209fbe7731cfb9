"""Great Expectations on DuckDB: one context a call, everything computed inside the database.

Importing this module imports Great Expectations, which takes seconds; only `validate` does
so, when it is called. No rule about data lives here.
"""

import atexit
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read once, when the library is imported

import duckdb_sqlalchemy
import sqlalchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from journey.checks.suites import Suite
from journey.core.postponed import postponed

# Its plots and its tests of distributions need these, which take as long as half of the library.
with postponed("altair", "scipy.stats"):
    import great_expectations as gx
    from great_expectations.data_context import EphemeralDataContext, set_context
    from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
    from great_expectations.expectations.core import UnexpectedRowsExpectation

    from journey.checks import read_once

read_once.install()

# Without values of rows, which are people's: they would be copied into results and pages.
NO_VALUES = {
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
    "include_unexpected_rows": False,
    "return_unexpected_index_query": False,
}
# Counts cost the library a query more for each expectation: only those that fail are counted.
VERDICTS = {"result_format": "BOOLEAN_ONLY", **NO_VALUES}
COUNTS = {"result_format": "BASIC", **NO_VALUES}
# SQLAlchemy holds on to this module beyond the interpreter's end, and with it to DuckDB, whose
# binding then prints pages about leaks to the person who ran it.
atexit.register(vars(duckdb_sqlalchemy).clear)
NUMBERS = itertools.count(1)


def _in_memory(kind: str) -> dict[str, Any]:
    return {"class_name": kind, "store_backend": {"class_name": "InMemoryStoreBackend"}}


# Nothing of the library's own reaches the disk: results are read, and the rest is forgotten.
CONFIGURATION = DataContextConfig(
    config_version=4.0,
    stores={
        "expectations": _in_memory("ExpectationsStore"),
        "checkpoints": _in_memory("CheckpointStore"),
        "validation_definition_store": _in_memory("ValidationDefinitionStore"),
        "results": _in_memory("ValidationResultsStore"),
    },
    expectations_store_name="expectations",
    checkpoint_store_name="checkpoints",
    validation_results_store_name="results",
    data_docs_sites={},
    analytics_enabled=False,
    progress_bars=ProgressBarsConfig(globally=False),
)


class Context(EphemeralDataContext):
    """The library's own of no folder, which writes itself as YAML at each change for no reader."""

    def _save_project_config(self) -> None:
        return None


class ExpectQueryToReturnNoRows(UnexpectedRowsExpectation):
    """The library's own, without its second run of the query that fetches the rows themselves."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


class Engine:
    """Runs suites on one database in memory. Use it through `open_engine`."""

    def __init__(self, prepare: Sequence[str], each: Sequence[str]) -> None:
        self._context = Context(CONFIGURATION)
        set_context(self._context)
        # The library opens pools of its own; a name lets all of them share the database.
        self._source = self._context.data_sources.add_sql(
            name="warehouse",
            connection_string=f"duckdb:///:memory:gate_{next(NUMBERS)}",
            create_temp_table=False,
        )
        engine = self._source.get_execution_engine()
        engine.dialect_module = postgresql  # the library knows no DuckDB, which reads the same SQL
        self._pools = [self._source.get_engine(), engine.engine]
        self._held = self._pools[0].raw_connection()
        try:
            _run(self._held, [*prepare, *each])
        except BaseException:
            self.close()
            raise
        for pool in self._pools:
            _adapt(pool, each)

    def judge(self, suite: Suite, parameters: Mapping[str, Any]) -> list[Any]:
        """Run one suite over the table of its name; the results are the library's own objects.

        `parameters` are the values of what the suite names as `$PARAMETER`.
        """
        table = self._source.add_table_asset(suite.table, table_name=suite.table)
        batch = table.add_batch_definition_whole_table("whole table").get_batch()

        def results(expectations: list[dict[str, Any]], result_format: dict[str, Any]) -> list[Any]:
            wanted = gx.ExpectationSuite(name=suite.name, expectations=expectations)
            given = dict(parameters) or None
            found = batch.validate(
                wanted, result_format=result_format, expectation_parameters=given
            )
            return list(found.results)

        found = results(suite.expectations, VERDICTS)
        failed = {result.expectation_config.description for result in found if not result.success}
        broken = [each for each in suite.expectations if each["description"] in failed]
        return [result for result in found if result.success] + (
            results(broken, COUNTS) if broken else []
        )

    def value(self, query: str) -> Any:
        """The value that a query gives, of the database as it is prepared."""
        cursor = self._held.cursor()
        cursor.execute(query)
        [(value,)] = cursor.fetchall()
        return value

    def close(self) -> None:
        self._held.close()
        for pool in self._pools:
            pool.dispose()


@contextmanager
def open_engine(prepare: Sequence[str], each: Sequence[str]) -> Iterator[Engine]:
    """An engine whose database has run the statements `prepare`, and its every connection `each`.

    It leaves no file open. An error of `prepare` is raised as DuckDB's own.
    """
    engine = Engine(prepare, each)
    try:
        yield engine
    finally:
        engine.close()


def _adapt(pool: sqlalchemy.Engine, each: Sequence[str]) -> None:
    """Make a SQLAlchemy engine read what we want, and the library able to read its results."""

    @sqlalchemy.event.listens_for(pool, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        _run(connection, each)

    # The library reads a cursor after its connection has moved on; hold the few rows ourselves.
    @sqlalchemy.event.listens_for(pool, "after_cursor_execute")
    def _hold(_conn: Any, cursor: Any, _sql: Any, _given: Any, context: Any, _many: Any) -> None:
        if cursor.description:
            context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                cursor, initial_buffer=cursor.fetchall()
            )


def _run(connection: Any, statements: Sequence[str]) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
