"""Whose fault a failure is: the file's, which costs the file; the machine's, which stops the run.

A full disk, a broken one, too many open files or too little memory say nothing about the file that
was being read: rejected for it, it would be remembered as bad and never be read again.
"""

import errno
import os
from pathlib import Path

import duckdb

from journey.core import memory
from journey.core.errors import EngineError
from journey.core.redaction import without_values
from journey.ingest.addresses import without_addresses

# What only the file itself, its name or its permissions can be the reason of.
OF_FILE = (
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.EISDIR,
    errno.ENOTDIR,
)
OF_NAME = (
    errno.ENAMETOOLONG,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENOTEMPTY,
    errno.EILSEQ,
)
ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
HANDLES = (errno.EMFILE, errno.ENFILE)
MEMORY = (errno.ENOMEM, errno.EAGAIN)
PERMISSION = (errno.EACCES, errno.EPERM)
DISK = (
    errno.EIO,
    errno.EROFS,
    errno.ENODEV,
    errno.ENXIO,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.ENOTCONN,
    errno.EREMOTEIO,
    errno.EBUSY,
)
NEXT = {
    ROOM: "make room on the disk of the data dir",
    HANDLES: "let this process open more files (ulimit -n)",
    MEMORY: memory.LESS_FOR_DATABASE,
    PERMISSION: "see to its permissions",
    DISK: "see to the disk, or to what it is mounted from",
}


def is_of_file(error: OSError, path: Path) -> bool:
    """Whether the operating system denied this very file, not something of the machine."""
    return _names(error, path) and error.errno in OF_FILE


def is_of_name(error: OSError) -> bool:
    """Whether a file cannot be made for its name: it is too long, or a folder's or file's too."""
    return error.errno in OF_NAME


def is_gone(error: OSError, path: Path) -> bool:
    """Whether the file was taken away since it was found."""
    return _names(error, path) and error.errno == errno.ENOENT


def is_of_machine(error: BaseException) -> bool:
    """Whether a failure while a file is read says something of the machine, not of the file."""
    return isinstance(error, OSError) or _advice(error) is not None


def stopped(where: str, error: BaseException) -> EngineError:
    """The sentence with which a run stops: what failed, that no file is to blame, what to do."""
    lines = str(error).strip().splitlines()
    said = without_addresses(without_values(lines[0])) if lines else "memory ran out"
    if isinstance(error, OSError):
        said = (error.strerror or type(error).__name__).lower()
    return EngineError(
        f"{where}: {said}; that is the machine's fault, so no file is rejected for it and nothing "
        f"of this load is kept; {_advice(error) or NEXT[DISK]}, and run again"
    )


def _names(error: OSError, path: Path) -> bool:
    return error.filename is not None and os.fsdecode(error.filename) == os.fsdecode(path)


def _advice(error: BaseException) -> str | None:
    if isinstance(error, duckdb.OutOfMemoryException):
        return memory.advice(str(error), memory.MORE_MEMORY)
    if isinstance(error, MemoryError):
        return NEXT[MEMORY]
    if isinstance(error, duckdb.FatalException):
        return "look at its log"
    if isinstance(error, OSError):
        return next((words for codes, words in NEXT.items() if error.errno in codes), None)
    if isinstance(error, duckdb.IOException):
        # The database ends with the operating system's own words; the name before may be any.
        said = str(error).strip().splitlines()[0]
        for codes, words in NEXT.items():
            if any(said.endswith(f": {os.strerror(code)}") for code in codes):
                return words
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return NEXT[MEMORY]
    return None
