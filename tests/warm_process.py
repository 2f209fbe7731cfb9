"""A command of the project in a process of its own that has the libraries already.

Importing Dagster, dbt and Great Expectations takes some six seconds of processor time, and the
second time proves nothing. So one process imports them, and each command is a fork of it: it reads
its own environment, settings and code, and can be killed like any other process. Unlike others it
ends without what was registered for an interpreter's end.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

TIMEOUT = 500  # seconds
FORKS = multiprocessing.get_context("forkserver")
# Libraries alone: what is the project's own reads the environment when it is imported.
FORKS.set_forkserver_preload(
    ["dagster", "dagster_dbt", "dbt.cli.main", "duckdb", "great_expectations", "pandas"]
)


def run_warm(
    module: str, arguments: list[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess:
    """Run the command that is a module's `main` in a folder, as `subprocess.run` would."""
    with mock.patch.dict(os.environ, GX_ANALYTICS_ENABLED="false"):  # read when it is imported
        forkserver.ensure_running()
    command = [module, *arguments]
    with tempfile.TemporaryDirectory() as written:
        out, err = Path(written, "out"), Path(written, "err")
        given = (module, arguments, dict(environment), folder, out, err)
        process = FORKS.Process(target=_run, args=given)
        process.start()
        try:
            process.join(TIMEOUT)
            is_late = process.is_alive()
        finally:
            process.kill()  # one that has ended does not mind
            process.join()
        if is_late:
            raise subprocess.TimeoutExpired(command, TIMEOUT, out.read_text(), err.read_text())
        return subprocess.CompletedProcess(
            command, process.exitcode, out.read_text(), err.read_text()
        )


def _run(
    module: str,
    arguments: list[str],
    environment: dict[str, str],
    folder: Path,
    out: Path,
    err: Path,
) -> None:
    os.environ.clear()
    os.environ |= environment
    os.chdir(folder)
    for path, stream in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), stream)
    sys.argv = [module, *arguments]
    import_module(module).main()
