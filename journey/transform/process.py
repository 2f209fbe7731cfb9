"""`journey-dbt`: dbt on one data dir, as a child that does not outlive the night that started it.

A night that is killed must leave no dbt behind, still writing the warehouse that the next night
rebuilds. Linux ends this process with its parent; elsewhere it is plain dbt.

It runs in the data dir and calls it `.`, so that what is parsed of the project is the same for all
of them and is parsed once. Started by hand it takes the project's own `data/` and `dbt_project/`,
unless the environment names others.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

from journey.core import spill
from journey.core.gc_tuning import collect_rarely
from journey.core.umask import make_private

PR_SET_PDEATHSIG = 1
PROJECT_DIR = Path(__file__).resolve().parents[2]
FOLDERS = {
    "DBT_PROJECT_DIR": "dbt_project",
    "DBT_PROFILES_DIR": "dbt_project",
    "DBT_TARGET_PATH": "dbt_project/target/by_hand",  # nights read what is above it
}


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    make_private()
    collect_rarely()
    given = os.environ.get("JOURNEY_DATA_DIR")
    data_dir = Path(given or PROJECT_DIR / "data").expanduser().resolve()
    if not data_dir.is_dir():
        sys.exit(
            f"journey-dbt: {data_dir} is no folder; run `journey run` first, or name another data "
            "dir in JOURNEY_DATA_DIR"
        )
    for variable, folder in FOLDERS.items():
        os.environ.setdefault(variable, str(PROJECT_DIR / folder))
    spill.hold(data_dir / "spill" / "dbt")  # the profile's; one dbt at a time has the warehouse
    os.chdir(data_dir)
    os.environ |= {"JOURNEY_DATA_DIR": ".", "JOURNEY_FILES_DIR": str(data_dir)}
    from dbt.cli.main import cli

    cli()
