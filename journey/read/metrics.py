"""MetricFlow on what readers see: `journey metrics …` is its own command line, `mf …`.

The metrics are `dbt_project/models/semantic/`. Here is only where MetricFlow finds the project, the
profile and the published snapshot, and that it asks no server for newer releases.
"""

from collections.abc import Sequence
from types import ModuleType

from journey import publish
from journey.core import spill
from journey.core.environment import variables
from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.read.extras import how_to_install
from journey.transform.project import dbt_environment, prepare_project

TARGET = "published"


class _NoUpdateCheck:
    """In place of the check for newer releases that `mf` makes over the network at every start."""

    def check(self, *_: object) -> None:
        return None


def run(settings: Settings, arguments: Sequence[str]) -> None:
    """Run `mf` with these arguments in this process; it exits with its own code."""
    metricflow = _command_line()
    if publish.current(settings) is None:
        raise ConfigurationError(
            f"{settings.published_dir}: nothing is published yet, so there is nothing to measure; "
            "run `journey run` first"
        )
    prepare_project(settings)
    vars(metricflow)["UpdateChecker"] = _NoUpdateCheck
    _keep_values_out_of_logs()
    with variables(environment(settings)):
        metricflow.cli(args=list(arguments) or ["--help"], prog_name="journey metrics")


def environment(settings: Settings) -> dict[str, str]:
    """What dbt and MetricFlow read of the environment to answer from the published snapshot."""
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    folder = str(settings.dbt_project_dir)
    return dbt_environment(settings) | {
        "DBT_PROJECT_DIR": folder,
        "DBT_PROFILES_DIR": folder,
        "DBT_LOG_PATH": str(settings.logs_dir),
        "DBT_TARGET": TARGET,
        "JOURNEY_SPILL_DIR": str(spill.new_folder(settings.spill_dir)),
    }


def _keep_values_out_of_logs() -> None:
    from journey.transform import private_errors  # late: it imports dbt's adapter

    private_errors.install()


def _command_line() -> ModuleType:
    try:
        from dbt_metricflow.cli import main
    except ModuleNotFoundError:
        raise ConfigurationError(
            "`journey metrics` needs MetricFlow, which is not installed; "
            + how_to_install("metrics")
        ) from None
    return main
