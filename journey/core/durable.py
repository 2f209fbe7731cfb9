"""What has been written stays written, and is there whole or not at all, also after a power cut.

Only flags, flushes and renames here; which files these are is the callers' business.
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


def replace(written: Path, path: Path) -> None:
    """Put what was written aside, in full, in the place of `path`, in one step."""
    flush(written)
    written.replace(path)
    flush(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Make `path` hold `text`, in one step, and on the disk before anything relies on it."""
    written = path.with_name(f".{path.name}.new")
    written.write_text(text, encoding="utf-8")
    replace(written, path)


def flush(path: Path) -> None:
    """Have a file's bytes, or the names in a folder, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
