"""Starts Dagster's own servers on loopback. They have no login, so no other address is offered."""

import os
import sys
from pathlib import Path

from journey.core.loopback import LOOPBACK, assert_free
from journey.core.settings import Settings
from orchestration.instance import environment


def serve(settings: Settings, *, port: int, read_only: bool) -> None:
    """Replace this process by the catalogue's server; returns only by raising."""
    assert_free(port)
    os.environ |= environment(settings)
    os.chdir(os.environ["DAGSTER_HOME"])
    programs = Path(sys.executable).parent
    arguments = ["-m", "orchestration.definitions", "-h", LOOPBACK, "-p", str(port)]
    if read_only:
        command = [str(programs / "dagster-webserver"), *arguments, "--read-only"]
    else:
        command = [str(programs / "dagster"), "dev", *arguments]
    os.execv(command[0], command)  # noqa: S606 - the project's own program
