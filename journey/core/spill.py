"""Where a process spills what does not fit into memory, and what killed processes left there.

Spilled files hold rows as they are, addresses included. Each process has a folder of its own with a
file that it holds a lock on while it lives, so that whatever can be locked is left over. Two
databases never share a folder: DuckDB names its files alike in each.
"""

import atexit
import fcntl
import itertools
import os
import shutil
from pathlib import Path

ALIVE = ".alive"
PRIVATE = 0o700
MOST_LOCKS = 16
_numbers = itertools.count(1)
# By process, since a fork of this one needs its own; the files keep the locks.
_own: dict[tuple[int, Path], Path] = {}
_locks: list[int] = []


def new_folder(spill_dir: Path) -> Path:
    """A folder that no other database spills into; it is made by the database, when it spills."""
    process = os.getpid()
    own = _own.get((process, spill_dir))
    if own is None or not own.is_dir():
        own = hold(spill_dir / f"{process}-{os.urandom(4).hex()}")
        _own[process, spill_dir] = own
        atexit.register(_remove, process, own)
    return own / str(next(_numbers))


def hold(folder: Path) -> Path:
    """Make a folder, private, and keep it from being swept while this process lives."""
    while True:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        folder.parent.chmod(PRIVATE)
        try:
            lock = os.open(folder / ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue  # swept between the two
        fcntl.flock(lock, fcntl.LOCK_SH)
        if _is_at(lock, folder / ALIVE):
            _keep(lock)
            return folder
        os.close(lock)


def _keep(lock: int) -> None:
    """Until this process ends; one that opens many warehouses, as tests do, gives up the first."""
    _locks.append(lock)
    if len(_locks) > MOST_LOCKS:
        os.close(_locks.pop(0))


def sweep(spill_dir: Path) -> None:
    """Remove what no living process holds."""
    for path in list(spill_dir.iterdir()) if spill_dir.is_dir() else []:
        if not path.is_dir() or path.is_symlink():
            path.unlink(missing_ok=True)
            continue
        lock = os.open(path / ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)


def _is_at(lock: int, path: Path) -> bool:
    """Whether what is locked is still there, and was not swept before it was locked."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def _remove(process: int, folder: Path) -> None:
    if process == os.getpid():  # a fork ends without what its parent still uses
        shutil.rmtree(folder, ignore_errors=True)
