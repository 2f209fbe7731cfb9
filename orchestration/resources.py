"""What the steps of a night share: the settings, the writer's lock and dbt."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property

import dagster as dg

from journey import ingest, publish
from journey.core.lock import writer_lock
from journey.core.settings import Settings
from journey.transform.project import DBT_DIR, dbt_environment, dbt_executable
from orchestration.patches.dbt_resource import Dbt


class Warehouse(dg.ConfigurableResource):
    """The one writer of the data dir, for the length of a run.

    Takes the lock, sweeps what a killed night left behind, and holds the settings.
    """

    as_of: str | None = None
    full_refresh: bool = False

    @cached_property
    def settings(self) -> Settings:
        return Settings.load(as_of=self.as_of)

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["Warehouse", None, None]:
        with writer_lock(self.settings):
            _end_dead_runs(context)
            os.environ |= dbt_environment(self.settings)
            ingest.sweep(self.settings)
            publish.heal(self.settings)
            if self.full_refresh:
                ingest.reset(self.settings)
            ingest.require_raw(self.settings)
            ingest.ensure_contract_files(self.settings)
            yield self


def _end_dead_runs(context: dg.InitResourceContext) -> None:
    """A run that was killed said no last word, and would keep the queue waiting for it."""
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], job_name="nightly")
    for run in context.instance.get_runs(started):
        if run.run_id != context.run_id:  # it cannot be alive: the lock is ours
            context.instance.report_run_failed(run, "The process of this night was killed.")


def resources() -> dict[str, object]:
    return {
        "warehouse": Warehouse(),
        "dbt": Dbt(
            project_dir=str(DBT_DIR), profiles_dir=str(DBT_DIR), dbt_executable=dbt_executable
        ),
    }
