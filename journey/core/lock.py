"""One writer at a time, also across processes.

An advisory lock on a file of the data dir: the operating system frees it when its holder ends, also
by SIGKILL, so there is never a stale lock to remove by hand. Readers never need it: they only open
`published/`.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO

from journey.core.errors import EngineError
from journey.core.paths import Paths


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


def _open(paths: Paths) -> IO[str]:
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    # Neither truncated nor replaced on opening: the words in it may be another holder's.
    return open(paths.data_dir / ".writer.lock", "a+", encoding="utf-8")


def _take(file: IO[str], paths: Paths) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EngineError(
            f"{paths.data_dir}: {_holder(file)} is writing to this warehouse; wait for it to "
            "end, or stop it, and run again (readers are not affected)"
        ) from None


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        held = json.loads(file.read())
        return f"process {held['pid']} (since {held['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"  # it has the lock and has not yet written who it is
