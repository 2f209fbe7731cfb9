"""What has been written stays written: read-only files that survive a power cut.

Only flags and flushes here; which files these are is the callers' business.
"""

import os
from collections.abc import Iterable
from pathlib import Path

READ = 0o444


def make_durable(files: Iterable[Path], folders: Iterable[Path]) -> None:
    """Not to be written any more, and on the disk before anything points at them."""
    for path in files:
        path.chmod(path.stat().st_mode & READ)
        flush(path)
    for path in folders:
        flush(path)


def flush(path: Path) -> None:
    """Have the file's bytes, or the folder's names, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
