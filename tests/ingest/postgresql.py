"""A real PostgreSQL that the tests start for themselves, from Debian's package."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pytest

PASSWORD = "the secret of tests"  # noqa: S105 - of a server that the tests start
START_SECONDS = 60


def programs() -> Path:
    """The folder of the server's programs; the test is skipped where there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.skip("PostgreSQL is not installed on this machine (Debian's package postgresql)")


@contextlib.contextmanager
def postgresql() -> Iterator[int]:
    """A server with user `shop` and the database `postgres`; gives its port."""
    bin_dir = programs()
    # In a folder of its own: those of pytest are its user's alone. It does not run as root: then
    # it is its package's own user.
    as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="journey-postgresql-") as home:
        data, secret, log_path = Path(home, "data"), Path(home, "secret"), Path(home, "log")
        secret.write_text(PASSWORD)
        if as_user:
            for path in (home, secret):
                shutil.chown(path, **as_user)
        options = ["--username=shop", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync"]
        made = subprocess.run(
            [bin_dir / "initdb", "-D", data, *options],
            cwd=home,
            capture_output=True,
            check=False,
            **as_user,
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot be started here: {made.stderr.decode()[-300:]}")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = ["-h", "127.0.0.1", "-p", str(port), "-c", "fsync=off"]
        options += ["-c", "unix_socket_directories="]
        with open(log_path, "wb") as log:
            server = subprocess.Popen(
                [bin_dir / "postgres", "-D", data, *options],
                cwd=home,
                stdout=log,
                stderr=log,
                **as_user,
            )
        try:
            _await(server, port)
            yield port
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait(timeout=30)


def _await(server: subprocess.Popen, port: int) -> None:
    for _ in range(START_SECONDS * 10):
        with contextlib.suppress(Exception):
            execute(port, "select 1")
            return
        assert server.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def execute(port: int, *statements: str) -> None:
    """Run statements in the database `postgres`, each committed."""
    address = f"postgresql://shop:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"
    with adbc.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
