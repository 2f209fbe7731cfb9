"""Starts Dagster's own servers on loopback. They have no login, so no other address is offered."""

import os
import socket
import sys
from pathlib import Path

from orchestration.errors import ConfigurationError
from orchestration.instance import environment
from orchestration.settings import Settings

LOOPBACK = "127.0.0.1"


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


def assert_free(port: int) -> None:
    """Raise ConfigurationError where the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise ConfigurationError(
                f"port {port} on {LOOPBACK} is taken; stop what uses it or give another with --port"
            ) from None
