"""Great Expectations on DuckDB: one context a call, everything computed inside the database.

Importing this module imports Great Expectations, which takes seconds; only `validate` does
so, when it is called. No rule about data lives here.
"""

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read once, when the library is imported

import duckdb_sqlalchemy
import great_expectations as gx
import sqlalchemy
from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
from great_expectations.expectations.core import UnexpectedRowsExpectation
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from journey.checks import pages
from journey.checks.suites import Suite
from journey.core.paths import Paths
from journey.core.settings import Settings

# Counts alone: the other formats copy values of rows, which are people's, into results and pages.
RESULT_FORMAT = {
    "result_format": "BASIC",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
    "include_unexpected_rows": False,
    "return_unexpected_index_query": False,
}
# SQLAlchemy holds on to this module beyond the interpreter's end, and with it to DuckDB, whose
# binding then prints pages about leaks to whoever ran the night.
atexit.register(vars(duckdb_sqlalchemy).clear)

# Each run is a page a table; the index reads them all, so they may not grow for ever.
KEPT_RUNS = 7


class ExpectQueryToReturnNoRows(UnexpectedRowsExpectation):
    """The library's own, without its second run of the query that fetches the rows themselves."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self,
        metrics: dict,
        runtime_configuration: dict | None = None,
        execution_engine: Any = None,
    ) -> dict:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


class Engine:
    """Runs suites on one database and writes their pages. Use it through `open_engine`.

    `prepare` leaves every connection in the schema of the tables that are judged.
    """

    def __init__(self, paths: Paths, run_id: str, prepare: list[str]) -> None:
        self._results_dir = paths.data_dir / "validations"
        self._docs_dir = paths.data_docs_dir
        self._run = gx.RunIdentifier(run_name=run_id, run_time=datetime.now(UTC))
        self._context = gx.get_context(
            mode="ephemeral",
            project_config=_configuration(self._results_dir, self._docs_dir),
        )
        self._source = self._context.data_sources.add_sql(
            name="warehouse", connection_string="duckdb:///:memory:", create_temp_table=False
        )
        self._pools = [self._source.get_engine(), self._source.get_execution_engine().engine]
        for pool in self._pools:
            _adapt(pool, prepare)

    def judge(self, suite: Suite) -> Any:
        """Run one suite over the table of its name; the outcome is the library's own object."""
        table = self._source.add_table_asset(suite.table, table_name=suite.table)
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.name,
                data=table.add_batch_definition_whole_table("whole table"),
                suite=self._add(suite),
            )
        )
        return definition.run(result_format=RESULT_FORMAT, run_id=self._run)

    def write_pages(self, others: list[Suite]) -> None:
        """Write the pages of all that this run has judged, of every suite, and the index.

        `others` are the suites that were not judged here: without them their pages would go.
        """
        for suite in others:
            self._add(suite)
        _forget_old_runs(self._results_dir)
        suites = self._context.expectations_store.list_keys()
        results = self._context.validation_results_store.list_keys()
        of_this_run = [key for key in results if key.run_id.run_name == self._run.run_name]
        self._context.build_data_docs(resource_identifiers=[*suites, *of_this_run])
        pages.finish(self._docs_dir, self._results_dir, self._run.run_name)

    def forget(self) -> None:
        """Drop the stored results of this run: a failed run's may quote values of the data."""
        for folder in self._results_dir.glob(f"**/{self._run.run_name}"):
            shutil.rmtree(folder)

    def close(self) -> None:
        for pool in self._pools:
            pool.dispose()

    def _add(self, suite: Suite) -> gx.ExpectationSuite:
        return self._context.suites.add(gx.ExpectationSuite(**suite.content))


@contextmanager
def open_engine(settings: Settings, run_id: str, prepare: list[str]) -> Iterator[Engine]:
    """An engine whose every connection has run the statements `prepare`; it leaves no file open."""
    engine = Engine(settings, run_id, prepare)
    try:
        yield engine
    finally:
        engine.close()


def _adapt(pool: sqlalchemy.Engine, prepare: list[str]) -> None:
    """Make a SQLAlchemy engine read what we want, and the library able to read its results."""

    @sqlalchemy.event.listens_for(pool, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for statement in prepare:
            cursor.execute(statement)

    # The library reads a cursor after its connection has moved on; hold the few rows ourselves.
    @sqlalchemy.event.listens_for(pool, "after_cursor_execute")
    def _hold(_conn: Any, cursor: Any, _sql: Any, _given: Any, context: Any, _many: Any) -> None:
        if cursor.description:
            context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                cursor, initial_buffer=cursor.fetchall()
            )

    pool.dispose()  # the library tests its connections as it makes them, before we could adapt them


def _configuration(results_dir: Path, docs_dir: Path) -> DataContextConfig:
    def in_memory(kind: str) -> dict[str, Any]:
        return {
            "class_name": kind,
            "store_backend": {"class_name": "InMemoryStoreBackend"},
        }

    def on_disk(kind: str, folder: Path) -> dict[str, Any]:
        return {
            "class_name": kind,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
        }

    return DataContextConfig(
        config_version=4.0,
        stores={
            "expectations": in_memory("ExpectationsStore"),
            "checkpoints": in_memory("CheckpointStore"),
            "validation_definition_store": in_memory("ValidationDefinitionStore"),
            "results": on_disk("ValidationResultsStore", results_dir),
        },
        expectations_store_name="expectations",
        checkpoint_store_name="checkpoints",
        validation_results_store_name="results",
        data_docs_sites={
            "local": {
                **on_disk("SiteBuilder", docs_dir),
                "show_how_to_buttons": False,
                "site_section_builders": {"profiling": "None"},
            }
        },
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )


def _forget_old_runs(results_dir: Path) -> None:
    """Keep the results of the newest runs, each `<layer>/<table>/<run>/<time>/<batch>.json`."""
    newest: dict[str, str] = {}
    for result in results_dir.glob("*/*/*/*/*.json"):
        run, time = result.parts[-3:-1]
        newest[run] = max(newest.get(run, ""), time)
    for run in sorted(newest, key=newest.__getitem__, reverse=True)[KEPT_RUNS:]:
        for folder in results_dir.glob(f"*/*/{run}"):
            shutil.rmtree(folder)
