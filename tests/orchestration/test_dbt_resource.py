"""Dagster's integration of dbt without dbt in its process: the same assets and checks.

Fails where an upgrade of the integration imports dbt in another way, or selects otherwise.
"""

import json
import subprocess
import sys

from tests.conftest import REPO
from tests.parsed_project import parsed_project

PROGRAM = """
import json, sys
from pathlib import Path
{first}
from journey.transform.project import Project
import orchestration.definitions
from orchestration.defs import marts
[models] = marts.defs(Project(Path({folder!r}), Path({manifest!r}))).assets
assets = sorted(key.to_user_string() for key in models.keys)
checks = sorted(key.to_user_string() for key in models.check_keys)
dbt = [name for name in sys.modules if name.split(".")[0] in ("dbt", "dbt_common", "mashumaro")]
print(json.dumps([assets, checks, bool(dbt)]))
"""


def defined(first: str) -> tuple[list[str], list[str], bool]:
    """Assets, checks and whether dbt was imported, in a process that begins with `first`."""
    project = parsed_project()
    program = PROGRAM.format(
        first=first, folder=str(project.folder), manifest=str(project.manifest)
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assets, checks, is_dbt_there = json.loads(done.stdout)
    return assets, checks, is_dbt_there


def test_dbt_is_not_imported_where_dagster_defines_its_models() -> None:
    assets, checks, is_dbt_there = defined("")
    assert not is_dbt_there
    assert (assets, checks, True) == defined("import dagster_dbt")
    assert "marts/orders" in assets
    assert checks
