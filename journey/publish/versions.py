"""Which versions are kept, which one readers see, and moving readers from one to another.

Readers see `published/current`, a link to `versions/<name>`; the files they open are constant links
through it, so replacing that one link by a rename changes all of them in one step. What is in a
version is `snapshot.py`'s.
"""

import contextlib
import json
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from journey.core import durable, failpoints
from journey.core.errors import ConfigurationError, EngineError
from journey.core.links import replace_link
from journey.core.lock import writer_lock
from journey.core.log import logger
from journey.core.paths import Paths
from journey.core.settings import Settings
from journey.publish.manifest import MANIFEST, Version, read_version

CURRENT = "current"
# What readers open. The report is `reports.py`'s.
ENTRANCES = {
    "current.duckdb": f"{CURRENT}/journey.duckdb",
    "parquet": f"{CURRENT}/parquet",
    MANIFEST: f"{CURRENT}/{MANIFEST}",
    "report": f"{CURRENT}/report",
}
# Folders that are being filled or emptied; a dead process may leave them, and nothing reads them.
BUILDING = ".building-"
LEAVING = ".leaving-"
HISTORY = "history.jsonl"
# Names a version that is sealed and about to be shown; gone once that is done.
SHOWING = ".showing"
DATABASE = "journey.duckdb"
# How a version's name begins.
MOMENT = "%Y%m%dT%H%M%SZ"
VERSION_NAME = re.compile(r"\d{8}T\d{6}Z-")


def versions_dir(paths: Paths) -> Path:
    return paths.published_dir / "versions"


def versions(paths: Paths) -> list[Version]:
    """Every kept version, oldest first."""
    kept = []
    for name in _names(paths):
        with contextlib.suppress(FileNotFoundError):  # a run has pruned it meanwhile
            kept.append(read_version(versions_dir(paths) / name))
    return kept


def shown(paths: Paths) -> list[Version]:
    """The kept versions that readers have seen, oldest first: not one sealed and never shown."""
    seen = _remembered(paths) | {current_name(paths)}
    return [version for version in versions(paths) if version.name in seen]


def current(paths: Paths) -> Version | None:
    """The version that readers see; None before the first, and where it has lost its manifest."""
    for _ in range(2):  # it may change while it is looked at
        name = current_name(paths)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return read_version(versions_dir(paths) / name) if name else None
    return None


def require_current(paths: Paths) -> Version:
    """The version that readers see. Raises EngineError where there is none: a run made it."""
    version = current(paths)
    if version is None:
        raise EngineError(
            f"{paths.published_dir}: the version that this run published is gone; see what removes "
            "files there, and run again"
        )
    return version


def current_name(paths: Paths) -> str | None:
    link = paths.published_dir / CURRENT
    return Path(os.readlink(link)).name if link.is_symlink() else None


def published_before(paths: Paths, name: str) -> datetime | None:
    """When the version before this one was published, kept or not; None where there was none.

    By its name, which is as old as its data; the line may be of a later run (`sweep`).
    """
    earlier = [seen for seen in _remembered(paths) if seen < name]
    return moment_of(max(earlier)) if earlier else None


def moment_of(name: str) -> datetime:
    """The instant that a version's name begins with."""
    return datetime.strptime(name.split("-")[0], MOMENT).replace(tzinfo=UTC)


def rollback(settings: Settings, name: str) -> Version:
    """Let readers see a kept version again; the versions after it stay, to roll forward to.

    The next run publishes a new version as always: fix the cause before it runs.
    """
    with writer_lock(settings):
        sweep(settings)
        kept = _names(settings)
        if name not in kept:
            listed = f"the kept ones are {', '.join(reversed(kept))}"
            known = listed if kept else "there is none yet: run `journey run`"
            raise ConfigurationError(
                f"{settings.published_dir}: there is no version '{name}'; {known}"
            )
        if not _is_whole(settings, name):
            raise ConfigurationError(
                f"{versions_dir(settings) / name}: this version is not whole any more; name "
                "another, or run `journey run` for a new one"
            )
        if name != current_name(settings):
            point_readers_to(settings, name)
            _remember(settings, name, "rolled back")
        return read_version(versions_dir(settings) / name)


def put_in_place(paths: Paths, building: Path, name: str) -> None:
    """Give a sealed folder its name and show it to readers, in one step."""
    durable.replace_text(paths.published_dir / SHOWING, name)
    os.rename(building, versions_dir(paths) / name)
    durable.flush(versions_dir(paths))
    failpoints.point("publish.before_swap")
    point_readers_to(paths, name)
    failpoints.point("publish.after_swap")
    _remember(paths, name, "published")
    (paths.published_dir / SHOWING).unlink()


def point_readers_to(paths: Paths, name: str) -> None:
    """The one step: readers see either the version before or this one, never a part of each."""
    directory = paths.published_dir
    for entrance, target in ENTRANCES.items():
        replace_link(directory / entrance, target)
    replace_link(directory / CURRENT, f"versions/{name}")
    durable.flush(directory)


def prune(settings: Settings) -> None:
    """Drop what is older than the newest `keep_versions`, and never the one that readers see.

    A version that has lost its manifest goes when its time has come. Other folders are not ours.
    """
    kept = _names(settings)[-settings.keep_versions :]
    for path in _folders(settings):
        is_old = bool(kept) and path.name < kept[0] and VERSION_NAME.match(path.name)
        if is_old and path.name != current_name(settings):
            _drop(settings, path.name)


def drop_others(settings: Settings) -> list[str]:
    """Drop every version but the one that readers see; returns their names.

    The caller holds the lock.
    """
    sweep(settings)
    shown_now = current_name(settings)
    others = [path.name for path in _folders(settings) if path.name != shown_now]
    for name in others if shown_now else ():
        _drop(settings, name)
    return others if shown_now else []


def sweep(paths: Paths) -> None:
    """Remove what a process that died while publishing left behind.

    That includes a version that was sealed and never shown, whose name was noted before. Any other
    version was shown: one that the history lacks, because a process died or the file was lost, is
    written down now.
    """
    shown, remembered = current_name(paths), _remembered(paths)
    noted = paths.published_dir / SHOWING
    sealed = noted.read_text(encoding="utf-8") if noted.exists() else None
    is_unseen = sealed not in (None, shown, *remembered)
    if sealed and is_unseen and (versions_dir(paths) / sealed).is_dir():
        _drop(paths, sealed)
    for name in (*_names(paths), *([shown] if shown else [])):
        if name not in remembered:
            _remember(paths, name, "published")
            remembered.add(name)
    noted.unlink(missing_ok=True)
    for leftover in paths.published_dir.glob(".*.new"):
        leftover.unlink()
    for pattern in (f"{BUILDING}*", f"{LEAVING}*"):
        for leftover in versions_dir(paths).glob(pattern):
            shutil.rmtree(leftover)


def heal(settings: Settings) -> None:
    """Put right what was lost or removed by hand: links, the history, what readers see.

    Where readers see nothing whole, they see the last whole version that they saw before; where
    there is none, nothing is published until the next run publishes. The caller holds the lock.
    """
    if not settings.published_dir.is_dir():
        return
    link, name = settings.published_dir / CURRENT, current_name(settings)
    if name and _is_whole(settings, name):
        point_readers_to(settings, name)  # an entrance may be gone
        if _is_history_torn(settings):
            sweep(settings)
        return
    if not name and not _names(settings) and not link.exists():
        return  # nothing was published yet
    sweep(settings)
    whole = [seen for seen in _shown_in_order(settings) if _is_whole(settings, seen)]
    if whole:
        point_readers_to(settings, whole[-1])
        _remember(settings, whole[-1], "restored")
        now = f"readers see {whole[-1]} again"
    elif link.is_symlink():
        link.unlink()
        now = "no whole version is left, and this run publishes one"
    else:
        return
    logger.warning(
        "the version that readers saw (%s) is gone or not whole; %s",
        name or f"{CURRENT} is no link",
        now,
        extra={"step": "published"},
    )


def set_aside(paths: Paths) -> list[Path]:
    """Take damaged manifests out of the way, so that the next run replaces their versions."""
    aside = []
    for name in _names(paths):
        path = versions_dir(paths) / name / MANIFEST
        try:
            read_version(path.parent)
        except EngineError:
            os.replace(path, path.with_name(f"{MANIFEST}.damaged"))
            aside.append(path)
    return aside


def _is_whole(paths: Paths, name: str) -> bool:
    """Whether readers can open the version; what is in it they see themselves."""
    directory = versions_dir(paths) / name
    return (directory / DATABASE).is_file() and (directory / "parquet").is_dir()


def _folders(paths: Paths) -> list[Path]:
    return sorted(path for path in versions_dir(paths).glob("[!.]*") if path.is_dir())


def _names(paths: Paths) -> list[str]:
    manifests = versions_dir(paths).glob(f"[!.]*/{MANIFEST}")
    return sorted(path.parent.name for path in manifests)


def _drop(paths: Paths, name: str) -> None:
    """Out of sight in one step first, so that no half-deleted folder passes for a version."""
    leaving = versions_dir(paths) / f"{LEAVING}{name}"
    os.rename(versions_dir(paths) / name, leaving)
    shutil.rmtree(leaving)


def _remember(paths: Paths, name: str, event: str) -> None:
    """One line for each change of what readers see. Lines that are cut off are left out."""
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, "version": name}
    lines = [json.dumps(each) for each in (*_history(paths)[0], line)]
    durable.replace_text(paths.published_dir / HISTORY, "".join(f"{each}\n" for each in lines))


def _remembered(paths: Paths) -> set[str]:
    return set(_shown_in_order(paths))


def _shown_in_order(paths: Paths) -> list[str]:
    """Names of the versions that readers have seen, the last seen last."""
    return [line["version"] for line in _history(paths)[0]]


def _is_history_torn(paths: Paths) -> bool:
    """Whether the history is gone, cut off, or lacks what readers see."""
    lines, is_torn = _history(paths)
    return is_torn or current_name(paths) not in {line["version"] for line in lines}


def _history(paths: Paths) -> tuple[list[dict[str, str]], bool]:
    """The lines of the history that can be read, and whether there are others."""
    path = paths.published_dir / HISTORY
    if not path.exists():
        return [], False
    lines, is_torn = [], False
    for written in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(written)
            lines.append({**line, "version": str(line["version"])})
        except (ValueError, KeyError, TypeError):
            is_torn = True
    return lines, is_torn
