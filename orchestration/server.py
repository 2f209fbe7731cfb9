"""`journey serve`: Dagster's servers on loopback, which end with this process.

They have no login, so no other address is offered, the page shows and changes nothing unless it is
asked for, and `guard.py` stands before it. The parts: a server that loads the definitions, the
catalogue's web server and, to operate, the daemon that runs schedule and sensors.
"""

import fcntl
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journey.core import privacy, stopping
from journey.core.errors import ConfigurationError, EngineError
from journey.core.family import Family
from journey.core.loopback import LOOPBACK, assert_free
from journey.core.settings import Settings
from orchestration.instance import environment

DEFINITIONS = "orchestration.definitions"
LOOK_SECONDS = 0.2
START_SECONDS = 300


def serve(settings: Settings, *, port: int, operate: bool) -> None:
    """Show the catalogue until a signal comes; with `operate` runs are scheduled and launched."""
    assert_free(port)
    for sentence in privacy.protect(settings):
        print(f"journey: {sentence}", file=sys.stderr)
    os.environ |= environment(settings)
    log = settings.logs_dir / f"serve_{port}.log"
    with (
        _one_operator(settings, operate=operate),
        tempfile.TemporaryDirectory(prefix="journey-") as folder,
        Family(log) as family,
    ):
        try:
            _start(family, Path(folder), port, log, operate=operate)
            print(_where(settings, port, operate=operate), flush=True)
            _wait(family, log)
        except KeyboardInterrupt:
            stopping.acknowledge()
            print("The catalogue ends.", flush=True)


def _start(family: Family, folder: Path, port: int, log: Path, *, operate: bool) -> None:
    code = folder / "code.sock"
    workspace = folder / "workspace.yaml"
    server = {"socket": str(code), "host": "localhost", "location_name": DEFINITIONS}
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}))
    dagster = (sys.executable, "-m", "dagster")
    family.start("code server", *dagster, "api", "grpc", "-m", DEFINITIONS, "--socket", str(code))
    _await(family, log, socket.AF_UNIX, str(code))
    if operate:
        family.start("daemon", sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace))
    command = [sys.executable, "-m", "orchestration.webserver", "--workspace", str(workspace)]
    command += ["--host", LOOPBACK, "--port", str(port)]
    family.start("web server", *command, *(["--operate"] if operate else []))
    _await(family, log, socket.AF_INET, (LOOPBACK, port))


def _await(family: Family, log: Path, kind: int, address: tuple[str, int] | str) -> None:
    """Until a server answers at its address."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket(kind) as probe:
            if probe.connect_ex(address) == 0:
                return
        _assert_all_live(family, log)
        if time.monotonic() > deadline:
            raise EngineError(f"the catalogue did not start in {START_SECONDS} s; read {log}")
        time.sleep(LOOK_SECONDS)


def _wait(family: Family, log: Path) -> None:
    while True:
        _assert_all_live(family, log)
        time.sleep(LOOK_SECONDS)


def _assert_all_live(family: Family, log: Path) -> None:
    name = family.ended()
    if name:
        raise EngineError(f"the {name} of the catalogue has ended; read {log}, and start it again")


def _where(settings: Settings, port: int, *, operate: bool) -> str:
    address = f"http://{LOOPBACK}:{port}"
    if operate:
        mode = "its schedule runs, and runs can be launched"
    else:
        mode = f"read-only; `{settings.command('serve --operate')}` runs the schedule too"
    return f"The catalogue of {settings.data_dir} is at {address} ({mode}). Ctrl-C ends it."


@contextmanager
def _one_operator(settings: Settings, *, operate: bool) -> Iterator[None]:
    """Two daemons would run each scheduled run of a warehouse twice."""
    if not operate:
        yield
        return
    with open(settings.data_dir / ".operator.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"{settings.data_dir}: another `journey serve --operate` runs the schedule of this "
                f"warehouse; end it, or look at it with `{settings.command('serve --port PORT')}`"
            ) from None
        yield
