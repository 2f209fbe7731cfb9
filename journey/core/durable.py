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
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for path in folders:
        fsync_folder(path)


def fsync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
