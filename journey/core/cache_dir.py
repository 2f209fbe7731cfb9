"""Where this user keeps what may be made again at any time, for all warehouses.

Nothing of a warehouse belongs here: no rows, no settings, no path. The folder is the owner's alone;
where it is not, or cannot be made, there is none, and what is needed is made again.
"""

import os
import sys
from pathlib import Path

CACHE_VARIABLE = "JOURNEY_CACHE_DIR"
NAME = "journey-warehouse"
PRIVATE = 0o700


def cache_dir() -> Path | None:
    """The folder, made where it is missing; None where there can be none."""
    try:
        folder = _place()
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        return folder if is_own(folder.stat()) else None
    except (OSError, RuntimeError):  # no home is a RuntimeError
        return None


def is_own(found: os.stat_result) -> bool:
    """Whether a file or folder is this user's, and no other user can write it."""
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _place() -> Path:
    """As given, else by the custom of the platform."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / NAME
    custom = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(custom) if custom.startswith("/") else Path.home() / ".cache") / NAME
