"""A dbt build of a data dir without a run, begun from the project as it is already parsed."""

import json
import os
from pathlib import Path

from journey import ingest
from journey.core.settings import Settings
from journey.transform import inputs
from tests.parsed_project import REPO, give_parsed_project
from tests.warm_process import run_warm


def write_inputs(settings: Settings, run_id: str) -> None:
    """Write what a build reads beside loaded rows: empty tables, settings, account."""
    ingest.ensure_contract_files(settings)
    inputs.write(settings, run_id)


def build(data_dir: Path, *arguments: str, **variables: str) -> list[dict]:
    """Run `dbt build` with these arguments and variables of its environment; returns its results.

    A failure is raised with dbt's own words.
    """
    target, project = data_dir / "dbt_target", data_dir / "dbt_project"
    if not (project / "target" / "manifest.json").exists():  # else the test has laid its own
        give_parsed_project(data_dir, REPO)
    # dbt's own variables in the environment of the tests are not taken.
    environment = {name: given for name, given in os.environ.items() if name[:4] != "DBT_"} | {
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_LOG_PATH": str(data_dir / "logs"),
        "DBT_PARTIAL_PARSE_FILE_PATH": str(project / "target" / "partial_parse.msgpack"),
        "DBT_PROFILES_DIR": str(project),
        "DBT_PROJECT_DIR": str(project),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(target),
        "JOURNEY_DATA_DIR": str(data_dir),
        **variables,
    }
    command = "journey.transform.process", ["build", *arguments]
    done = run_warm(*command, environment, data_dir.parent)
    assert done.returncode == 0, f"dbt on {data_dir}\n{done.stdout[-6000:]}{done.stderr}"
    return json.loads((target / "run_results.json").read_text())["results"]
