"""A copy of a warehouse that is whole, also when it is taken while a run goes on, and the way back.

    <to>/journey-<moment>/backup.json     every file: where it lies, size and hash, and links
                          data/           the data dir, but for what a run makes again
                          settings/       what a team keeps beside its journey.toml

Files of rows and of versions never change under their names, so they are copied as they lie there.
The ledger is copied last, as of one moment, and where a load came in between, all is looked at
again. Which files these are, is said here once.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from journey.core import durable
from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.core.paths import Paths
from journey.core.resources import PACKAGES_DIR
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.ingest.read.inspection import digest
from journey.upkeep.layout import copy_database

NAME = "backup.json"
DATA, OWN = "data", "settings"
FORMAT = 1
# Made again by the next run, or of one process alone.
LEFT_OUT = {
    *("warehouse.duckdb", "warehouse.duckdb.wal", "state", "run", "spill", "logs", "docs"),
    *("dbt_project", "dbt_target", ".writer.lock", "data_docs", "validations"),
}
LEFT_OUT_OF_RAW = {".pending", ".superseded"}
OWN_FOLDERS = ("seeds", "formats", "audiences", "questions")
SIDES = ("-wal", "-shm", "-journal")
ATTEMPTS = 20


class _ChangedError(Exception):
    """A run has removed what was being copied; what is there now is copied."""


@dataclass(frozen=True)
class Copied:
    """A backup that was written or restored."""

    folder: Path
    files: int
    bytes: int


def back_up(settings: Settings, to: Path) -> Copied:
    """Write a backup below `to`, in one step: until it is whole it bears another name.

    Raises ConfigurationError where it cannot be, EngineError where it cannot be written.
    """
    to = to.expanduser().resolve()
    if not settings.ledger_path.exists():
        raise ConfigurationError(
            f"{settings.data_dir}: there is nothing to back up yet; run `journey run` first"
        )
    if to == settings.data_dir or to.is_relative_to(settings.data_dir):
        raise ConfigurationError(f"{to}: a backup lies outside of the data dir; name another")
    if settings.forgetting_path.exists():
        raise ConfigurationError(
            f"{settings.forgetting_path}: people are still being forgotten, and a backup "
            "would keep them; run `journey forget --resume` first"
        )
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    filling, whole = to / f".journey-{moment}.new", to / f"journey-{moment}"
    try:
        filling.mkdir(mode=0o700, parents=True)
        (filling / DATA).mkdir(mode=0o700)
        _copy_data(settings, filling / DATA)
        _copy_own(settings, filling / OWN)
        listed = _listed(filling)
        content = {"format": FORMAT, "taken_at": moment, "files": listed}
        durable.replace_text(filling / NAME, json.dumps(content, indent=1) + "\n")
        filling.rename(whole)
        durable.flush(to)
    except OSError as error:
        raise EngineError(
            f"{to}: the backup cannot be written ({error.strerror}); make room there, or name "
            "another folder with --to"
        ) from None
    finally:
        shutil.rmtree(filling, ignore_errors=True)
    return Copied(whole, len(listed), sum(file.get("bytes", 0) for file in listed))


def restore(settings: Paths, source: Path) -> Copied:
    """Put a backup in the place of a data dir that is not there, once every hash is as written.

    What a team keeps beside its settings is put there where it is missing.
    """
    source = source.expanduser().resolve()
    listed = _verified(source)
    if settings.data_dir.exists() and any(settings.data_dir.iterdir()):
        raise ConfigurationError(
            f"{settings.data_dir}: there is a warehouse; a backup is restored where there is none: "
            "move it away, or name another folder with --data-dir"
        )
    filling = settings.data_dir.with_name(f".{settings.data_dir.name}.restoring")
    try:
        shutil.rmtree(filling, ignore_errors=True)
        filling.parent.mkdir(parents=True, exist_ok=True)
        _lay(source, listed, DATA, filling)
        _check(filling, listed, DATA)
        if settings.data_dir.exists():
            settings.data_dir.rmdir()
        filling.rename(settings.data_dir)
        durable.flush(settings.data_dir.parent)
        _lay_own(source / OWN, settings.own_dir)
    except OSError as error:
        raise EngineError(
            f"{settings.data_dir}: the backup cannot be restored ({error.strerror}); make room, "
            "and run again"
        ) from None
    finally:
        shutil.rmtree(filling, ignore_errors=True)
    return Copied(settings.data_dir, len(listed), sum(file.get("bytes", 0) for file in listed))


# Taking it.


def _copy_data(settings: Settings, target: Path) -> None:
    ledger = Ledger(settings)
    for _ in range(ATTEMPTS):
        before = ledger.loaded_state()
        try:
            _copy_tree(settings.data_dir, target)
        except _ChangedError:
            continue
        for path in _databases(settings.data_dir):
            copy = target / path.relative_to(settings.data_dir)
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            copy_database(path, copy)
        if ledger.loaded_state() == before:
            return
    raise EngineError(
        f"{settings.data_dir}: it changed each time it was copied; back it up when no run goes on"
    )


def _copy_tree(source: Path, target: Path) -> None:
    """Let `target` have what is in `source`: what is there already, of the same size, stays."""
    there: set[Path] = set()
    linked: dict[tuple[int, int], Path] = {}
    for path in _to_copy(source):
        copy = target / path.relative_to(source)
        there.add(copy)
        try:
            found = path.lstat()
            if path.is_symlink():
                copy.unlink(missing_ok=True)
                copy.symlink_to(os.readlink(path))
                continue
            if path.is_dir():
                copy.mkdir(exist_ok=True)
                os.chmod(copy, found.st_mode & 0o7777 | 0o700)
                continue
            first = linked.setdefault((found.st_dev, found.st_ino), copy)
            if first != copy:
                copy.unlink(missing_ok=True)
                os.link(first, copy)
            elif not _is_like(copy, found):
                copy.unlink(missing_ok=True)
                shutil.copy2(path, copy)
        except FileNotFoundError:
            raise _ChangedError from None
    for copy in sorted(target.rglob("*"), reverse=True):
        if copy not in there:
            copy.rmdir() if copy.is_dir() and not copy.is_symlink() else copy.unlink()


def _to_copy(source: Path) -> Iterator[Path]:
    """Folders before what is in them."""
    databases = set(_databases(source))
    for folder, folders, names in os.walk(source):
        here = Path(folder)
        if here == source:
            folders[:] = [name for name in folders if name not in LEFT_OUT]
        if here == source / "raw":
            folders[:] = [name for name in folders if name not in LEFT_OUT_OF_RAW]
        # Links to folders are listed among these; what is being built or removed has a dot.
        folders[:] = sorted(n for n in folders if not n.startswith((".building-", ".leaving-")))
        if here != source:
            yield here
        for name in sorted([*names, *(n for n in folders if (here / n).is_symlink())]):
            path = here / name
            is_left_out = here == source and name in LEFT_OUT
            is_side = name.endswith(SIDES) or path in databases
            if not (is_left_out or is_side or name.endswith((".new", ".tmp"))):
                yield path


def _databases(source: Path) -> list[Path]:
    found = [*source.glob("*.sqlite"), *(source / ".dagster").rglob("*.db")]
    return sorted(path for path in found if path.is_file())


def _is_like(copy: Path, found: os.stat_result) -> bool:
    try:
        there = copy.lstat()
    except FileNotFoundError:
        return False
    return (there.st_size, there.st_mtime_ns) == (found.st_size, found.st_mtime_ns)


def _copy_own(settings: Settings, target: Path) -> None:
    """What a team keeps beside its settings; of a checkout, the product's own is none of it."""
    target.mkdir(mode=0o700)
    if settings.config_file.exists():
        shutil.copy2(settings.config_file, target / settings.config_file.name)
    if settings.own_dir == PACKAGES_DIR:
        return
    for folder in OWN_FOLDERS:
        if (settings.own_dir / folder).is_dir():
            shutil.copytree(settings.own_dir / folder, target / folder, symlinks=True)


def _listed(folder: Path) -> list[dict[str, Any]]:
    """Every file and link below the folder; of a file, size and hash."""
    listed: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            listed.append({"path": name, "link": os.readlink(path)})
        elif path.is_file():
            durable.flush(path)
            size = path.stat().st_size
            listed.append({"path": name, "bytes": size, "sha256": digest(path)})
    return listed


# Putting it back.


def _verified(source: Path) -> list[dict[str, Any]]:
    """What a backup has. Raises where it is none, or where something of it is not as written."""
    try:
        content = json.loads((source / NAME).read_text(encoding="utf-8"))
        listed: list[dict[str, Any]] = content["files"]
        if content["format"] > FORMAT:
            raise ConfigurationError(
                f"{source}: a newer version of Journey Warehouse has written this backup; install "
                "that version"
            )
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"{source}: this is no backup (it has no whole {NAME}); name a folder that `journey "
            "backup` has written"
        ) from None
    _check(source, listed, "")
    return listed


def _check(folder: Path, listed: list[dict[str, Any]], below: str) -> None:
    prefix = f"{below}/" if below else ""
    wrong = [
        file["path"]
        for file in listed
        if file["path"].startswith(prefix)
        and not _is_as_written(folder / file["path"].removeprefix(prefix), file)
    ]
    if wrong:
        raise DataError(
            f"{folder}: {len(wrong):,} files of the backup are gone or not as they were written "
            f"(the first is {wrong[0]}); nothing was restored; use another backup"
        )


def _is_as_written(path: Path, file: Mapping[str, Any]) -> bool:
    if "link" in file:
        return path.is_symlink() and os.readlink(path) == file["link"]
    return (
        path.is_file() and path.stat().st_size == file["bytes"] and digest(path) == file["sha256"]
    )


def _lay(source: Path, listed: list[dict[str, Any]], part: str, target: Path) -> None:
    """Copy a part of a backup, with its links."""
    target.mkdir(mode=0o700)
    _copy_folders(source / part, target)
    linked: dict[tuple[int, int], Path] = {}
    for file in listed:
        if not file["path"].startswith(f"{part}/"):
            continue
        path = source / file["path"]
        copy = target / file["path"].removeprefix(f"{part}/")
        if "link" in file:
            copy.symlink_to(file["link"])
            continue
        found = path.stat()
        first = linked.setdefault((found.st_dev, found.st_ino), copy)
        if first != copy:
            os.link(first, copy)
        else:
            shutil.copy2(path, copy)
            durable.flush(copy)


def _copy_folders(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            copy = target / path.relative_to(source)
            copy.mkdir(parents=True, exist_ok=True)
            os.chmod(copy, path.stat().st_mode & 0o7777)


def _lay_own(source: Path, own_dir: Path) -> None:
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        copy = own_dir / path.relative_to(source)
        if path.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
