"""`journey-dbt`: dbt on one data dir, as a child that does not outlive the run that started it.

A run that is killed must leave no dbt behind, still writing the warehouse that the next run
rebuilds. Linux ends this process with its parent; elsewhere it is plain dbt.

It runs in the data dir and calls it `.`, so that what is parsed of the project names no machine.
Started by hand it takes the warehouse that commands of `journey` take, and the project of that,
unless the environment names others.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

from journey.core import spill
from journey.core.errors import JourneyError
from journey.core.gc_tuning import collect_rarely
from journey.core.umask import make_private

PR_SET_PDEATHSIG = 1
FOLDERS = ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR")


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    make_private()
    collect_rarely()
    if "DBT_PROJECT_DIR" not in os.environ or "JOURNEY_DATA_DIR" not in os.environ:
        _take_the_warehouse()
    data_dir = Path(os.environ["JOURNEY_DATA_DIR"]).resolve()
    spill.hold(data_dir / "spill" / "dbt")  # the profile's; one dbt at a time has the warehouse
    os.chdir(data_dir)
    os.environ |= {"JOURNEY_DATA_DIR": ".", "JOURNEY_FILES_DIR": str(data_dir)}
    for variable in FOLDERS:
        folder = Path(os.environ.get(variable, "."))
        if folder.is_relative_to(data_dir):
            os.environ[variable] = str(folder.relative_to(data_dir))
    from dbt.cli.main import cli

    from journey.transform import faster_dbt, private_errors, unread_events

    changes = [unread_events, faster_dbt]
    if os.environ.get("DBT_TARGET") == "spark":
        from journey.transform.spark import adapter

        changes.append(adapter)
    else:
        changes.append(private_errors)
    for change in changes:
        change.install()
    cli()


def _take_the_warehouse() -> None:
    """Started by hand: what runs give to dbt."""
    from journey.core.settings import Settings
    from journey.transform.project import dbt_environment, lay_out

    try:
        settings = Settings.load()
        if not settings.data_dir.is_dir():
            sys.exit(
                f"journey-dbt: {settings.data_dir} is no folder; run `journey run` first, or name "
                "another data dir in JOURNEY_DATA_DIR"
            )
        folder = lay_out(settings)
    except JourneyError as error:
        print(f"journey-dbt: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    by_hand = {
        "DBT_PROJECT_DIR": str(folder),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target" / "by_hand"),  # runs read what is above it
        "DBT_LOG_PATH": str(settings.logs_dir),
    }
    for variable, value in (by_hand | dbt_environment(settings)).items():
        os.environ.setdefault(variable, value)
    os.environ["JOURNEY_DATA_DIR"] = str(settings.data_dir)  # whole, however it was given
