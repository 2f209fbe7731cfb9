"""One writer at a time, also across processes.

An advisory lock on a file of the data dir: the operating system frees it when its holder ends, also
by SIGKILL, so there is never a stale lock to remove by hand. Readers never need it: they only open
`published/`.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from journey.core.errors import EngineError
from journey.core.paths import Paths

LOOKS, LOOK_SECONDS = 5, 0.02


@dataclass(frozen=True)
class Holder:
    """The process that writes to a data dir now, and since when."""

    pid: int
    since: datetime


@contextmanager
def writer_lock(paths: Paths) -> Iterator[None]:
    """Hold the data dir for writing. Raises EngineError naming the holder when it is taken."""
    with _open(paths) as file:
        _take(file, paths)
        held = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        file.seek(0)
        file.truncate()
        file.write(json.dumps(held))
        file.flush()
        yield


def holder(paths: Paths) -> Holder | None:
    """Who writes to the data dir now; None where no process does, or it has not yet said so."""
    try:
        with open(_path(paths), encoding="utf-8") as file:
            return None if _is_locked(file, fcntl.LOCK_SH) else _holder(file)
    except OSError:  # there is no such file, or it is another user's
        return None


def _path(paths: Paths) -> Path:
    return paths.data_dir / ".writer.lock"


def _open(paths: Paths) -> IO[str]:
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    # Neither truncated nor replaced on opening: the words in it may be another holder's.
    return open(_path(paths), "a+", encoding="utf-8")


def _take(file: IO[str], paths: Paths) -> None:
    for _ in range(LOOKS):  # one that only looks who writes has the lock for that moment
        if _is_locked(file, fcntl.LOCK_EX):
            return
        time.sleep(LOOK_SECONDS)
    held = _holder(file)
    who = f"process {held.pid} (since {held.since.isoformat()})" if held else "another process"
    raise EngineError(
        f"{paths.data_dir}: {who} is writing to this warehouse; wait for it to end, or stop it, "
        "and run again (readers are not affected)"
    )


def _is_locked(file: IO[str], mode: int) -> bool:
    """Whether this process has the lock now."""
    try:
        fcntl.flock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> Holder | None:
    file.seek(0)
    try:
        held = json.loads(file.read())
        return Holder(held["pid"], datetime.fromisoformat(held["since"]))
    except (ValueError, KeyError, TypeError):
        return None  # it has the lock and has not yet written who it is
