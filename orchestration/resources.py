"""What the steps of a run share: the settings, the writer's lock and dbt."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property

import dagster as dg

from journey import ingest, monitor, publish
from journey.core import privacy, stopping
from journey.core.environment import variables
from journey.core.errors import DataError, EngineError
from journey.core.lock import writer_lock
from journey.core.log import logger
from journey.core.settings import Settings
from journey.ingest import sources
from journey.people import forgetting
from journey.transform import engine, state
from journey.transform.project import Project, dbt_environment, dbt_executable
from journey.upkeep import layout
from orchestration.patches.dbt_resource import Dbt
from orchestration.retention import prune


class Warehouse(dg.ConfigurableResource):
    """The one writer of the data dir, for the length of a run.

    Takes the lock, sweeps what a killed run left behind, and holds the settings.
    """

    as_of: str | None = None
    full_refresh: bool = False
    # What has to be done first was done by the command that executes the run, before it planned.
    is_fetched: bool = False
    full_rebuild: bool = False

    @cached_property
    def settings(self) -> Settings:
        return Settings.load(as_of=self.as_of)

    @cached_property
    def _plans(self) -> dict[tuple[date, date], ingest.Plan]:
        return {}

    def planned(self, first: date, last: date) -> ingest.Plan:
        """What this run loads of these delivery dates: planned once, for the steps of all kinds."""
        if (first, last) not in self._plans:
            self._plans[first, last] = ingest.plan_of_run(self.settings, first, last)
        return self._plans[first, last]

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["Warehouse", None, None]:
        stopping.watch()
        try:
            with writer_lock(self.settings):
                instance = _instance_of(context)
                _end_dead_runs(instance, context.run_id)
                privacy.protect(self.settings)
                layout.bring_up(self.settings)
                prune(instance, datetime.now(UTC), self.settings.keep_runs_days)
                ingest.sweep(self.settings)
                publish.heal(self.settings)
                if not self.is_fetched and forgetting.is_unfinished(self.settings):
                    forgetting.remove(self.settings)
                if not self.is_fetched:
                    monitor.report_unreached(self.settings, sources.fetch(self.settings))
                if self.full_refresh:
                    state.drop(self.settings)
                    ingest.reset(self.settings)
                ingest.require_raw(self.settings)
                engine.require(self.settings)
                ingest.ensure_contract_files(self.settings)
                with variables(dbt_environment(self.settings)):
                    yield self
                self._finish_forgetting(context.run_id)
        finally:
            _say_if_stopped(context)

    def _finish_forgetting(self, run_id: str | None) -> None:
        """People are forgotten once a version without them is what readers see."""
        shown = publish.current(self.settings)
        if forgetting.is_unfinished(self.settings) and shown and shown.run_id == run_id:
            try:
                forgetting.finish(self.settings)
            except DataError as error:
                logger.error("%s", error, extra={"step": "forget"})


def _say_if_stopped(context: dg.InitResourceContext) -> None:
    """Dagster takes a run that a signal ended for canceled only where that was said before."""
    if stopping.received() and context.dagster_run:
        _instance_of(context).report_run_canceling(
            context.dagster_run, "A signal stopped this run."
        )


def _instance_of(context: dg.InitResourceContext) -> dg.DagsterInstance:
    if context.instance is None:
        raise EngineError("Dagster gave this run no instance; start it with `journey run`")
    return context.instance


def _end_dead_runs(instance: dg.DagsterInstance, run_id: str | None) -> None:
    """A run that was killed said no last word, and would keep the queue waiting for it."""
    statuses = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for run in instance.get_runs(dg.RunsFilter(statuses=statuses, job_name="nightly")):
        if run.run_id == run_id:
            continue  # no other can be alive: the lock is ours
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "It was killed while it was being stopped.")
        else:
            instance.report_run_failed(run, "The process of this run was killed.")


def resources(project: Project) -> dict[str, object]:
    return {
        "warehouse": Warehouse(),
        "dbt": Dbt(
            project_dir=str(project.folder),
            profiles_dir=str(project.folder),
            dbt_executable=dbt_executable,
        ),
    }
