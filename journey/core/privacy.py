"""Who may look into a data dir: its owner alone, but for what is shared on purpose.

What is in it names people. New files are private from the start (`umask.py`); what an earlier
version or another program left wider is made private by every run. `published/` is readable by the
group of the setting `published_group`, where there is one. `landing/` keeps its permissions where
another user delivers into it.
"""

import contextlib
import grp
import os
import stat
from pathlib import Path

from journey.core import spill
from journey.core.errors import ConfigurationError
from journey.core.paths import Paths
from journey.core.settings import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
PASS = stat.S_IXGRP | stat.S_IXOTH
READ = stat.S_IRGRP | stat.S_IROTH
WRITE = stat.S_IWGRP | stat.S_IWOTH


def protect(settings: Settings) -> list[str]:
    """Make the data dir private and remove what killed processes spilled into it.

    Returns `wide`: what is still open. Raises ConfigurationError where `published_group` cannot be
    given anything.
    """
    group = _group(settings)
    root = settings.data_dir
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.published_dir.mkdir(mode=0o700, exist_ok=True)
    is_delivered_to = _another_user_delivers(settings.landing_dir)
    for path in root.iterdir():
        if path == settings.published_dir and group is not None:
            for found in (path, *path.rglob("*")):
                _give(found, group)
        elif not (path == settings.landing_dir and is_delivered_to):
            _close(path)
    _close(root, leave=PASS if is_delivered_to else 0)
    if group is not None:
        _give(root, group, only_pass=True)
    spill.sweep(settings.spill_dir)
    return wide(settings)


def wide(paths: Paths) -> list[str]:
    """What every user of this machine may look into, each with what to do about it."""
    root = paths.data_dir
    if not root.is_dir() or not _mode(root) & stat.S_IXOTH:
        return []
    return [
        f"{path}: every user of this machine can read it; `chmod o= {path}` makes it private"
        for path in (root, *sorted(root.iterdir()))
        if not path.is_symlink() and _mode(path) & stat.S_IROTH
    ]


def follow(path: Path, parent: Path) -> None:
    """Let those read a new folder, and all in it, who may read the folder that it is put into."""
    if _mode(parent) & stat.S_IRGRP:
        group = parent.stat().st_gid
        for found in (path, *path.rglob("*")):
            _give(found, group)


def _another_user_delivers(landing: Path) -> bool:
    """Whether landing, or a folder in it, belongs to another user or can be written by one."""
    for folder, _, _ in os.walk(landing):
        found = os.stat(folder)
        if found.st_uid != os.geteuid() or found.st_mode & WRITE:
            return True
    return False


def _group(settings: Settings) -> int | None:
    if settings.published_group is None:
        return None
    try:
        return grp.getgrnam(settings.published_group).gr_gid
    except KeyError:
        raise ConfigurationError(
            f"{settings.config_file}: published_group: this machine has no group "
            f"'{settings.published_group}'; create it, or name one that `getent group` lists"
        ) from None


def _close(path: Path, *, leave: int = 0) -> None:
    mode = _mode(path)
    closed = mode & ~OTHERS | mode & leave
    if mode != closed and not path.is_symlink():
        with contextlib.suppress(PermissionError):  # another user's: `wide` reports it
            path.chmod(closed)


def _give(path: Path, group: int, *, only_pass: bool = False) -> None:
    """Let a group read what is at `path`, or, of a folder, only pass through it."""
    if path.is_symlink():
        return
    try:
        if path.stat().st_gid != group:
            os.chown(path, -1, group)
        granted = stat.S_IXGRP if path.is_dir() else 0
        granted |= 0 if only_pass else stat.S_IRGRP
        if _mode(path) & stat.S_IRWXG != granted:
            path.chmod(_mode(path) & ~stat.S_IRWXG | granted)
    except PermissionError:
        raise ConfigurationError(
            f"{path}: it cannot be given to the group of published_group; make the user of the "
            "warehouse a member of that group (and log in again), or leave the setting out"
        ) from None
    except FileNotFoundError:
        return  # pruned meanwhile


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)
