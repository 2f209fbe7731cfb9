"""Any failure as one sentence and an exit code: what is wrong, where, and what to do next.

Errors of ours already are sentences. Here: the command line's own mistakes, the operating system's
refusals, and faults of this program, which are reported by their place, never by their values.
"""

import errno
import traceback
from pathlib import Path

import typer

from journey.core.errors import ConfigurationError, EngineError, JourneyError
from journey.core.memory import LESS_FOR_DATABASE
from journey.core.resources import own_place

# How the command line says it, with the layout of its own making.
NO_DAY = "does not match the formats '%Y-%m-%d'"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
NO_FOLDER = (errno.ENOTDIR, errno.EEXIST)
NOT_THERE = (errno.ENOENT, errno.EISDIR)


def explained(error: BaseException) -> JourneyError:
    """The error of ours that says what `error` means to the person who typed the command."""
    if isinstance(error, JourneyError):
        return error
    if isinstance(error, typer.TyperException):
        return _of_command(error)
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        return EngineError(
            f"memory ran out; readers keep the last version; {LESS_FOR_DATABASE}, and run again"
        )
    return EngineError(
        f"a fault of Journey Warehouse, not of yours ({type(error).__name__} at {_place(error)}); "
        "readers keep the last version; please report it with this line, and see "
        "JOURNEY_TRACEBACK=1 for more"
    )


def _of_command(error: typer.TyperException) -> ConfigurationError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "journey"
    message = error.format_message().strip().rstrip(".?").replace("Value error, ", "")
    message = message.replace(NO_DAY, "is not a day such as 2026-11-21")
    return ConfigurationError(
        f"{message[:1].lower()}{message[1:]}; `{command} --help` shows its options and an example"
    )


def _of_system(error: OSError) -> JourneyError:
    where = f"{error.filename}: " if error.filename else ""
    reason = (error.strerror or type(error).__name__).lower()
    if error.errno in NO_ROOM:
        return EngineError(
            f"{where}{reason}; readers keep the last version; make room, and run again"
        )
    if error.errno in NOT_ALLOWED:
        return ConfigurationError(
            f"{where}{reason}; see to its permissions, or name another folder with --data-dir"
        )
    if error.errno in NO_FOLDER:
        return ConfigurationError(
            f"{where}a file is in the way where a folder is needed; move it, or name another "
            "folder with --data-dir"
        )
    if error.errno in NOT_THERE:
        return ConfigurationError(f"{where}{reason}; put it there, or name what is, and run again")
    return EngineError(f"{where}{reason}; readers keep the last version; fix that and run again")


def _place(error: BaseException) -> str:
    """The innermost line of this product that was reached."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [(own_place(Path(frame.filename)), frame.lineno) for frame in frames]
    own = [(place, line) for place, line in places if place]
    name, line = own[-1] if own else (frames[-1].filename, frames[-1].lineno)
    return f"{name}:{line}"
