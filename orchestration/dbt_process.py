"""`journey-dbt`: dbt as a child that does not outlive the night that started it.

A night that is killed must leave no dbt behind, still writing the warehouse that the next night
rebuilds. Linux ends this process with its parent; elsewhere it is plain dbt. It runs in the data
dir that JOURNEY_DATA_DIR names, where the paths of profiles.yml begin.
"""

import ctypes
import os
import signal
import sys

from orchestration.garbage import collect_rarely

PR_SET_PDEATHSIG = 1


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    collect_rarely()
    os.chdir(os.environ["JOURNEY_DATA_DIR"])
    from dbt.cli.main import cli

    cli()
