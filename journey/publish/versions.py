"""Which versions are kept, which one readers see, and moving readers from one to another.

Readers see `published/current`, a link to `versions/<name>`; the files they open are constant links
through it, so replacing that one link by a rename changes all of them in one step. What is in a
version is `snapshot.py`'s.
"""

import contextlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from journey.core import failpoints
from journey.core.durable import fsync_folder
from journey.core.errors import ConfigurationError
from journey.core.links import replace_link
from journey.core.lock import writer_lock
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
# Folders that are being filled or emptied; a dead process may leave them, and nobody reads them.
BUILDING = ".building-"
LEAVING = ".leaving-"
HISTORY = "history.jsonl"
# How a version's name begins.
MOMENT = "%Y%m%dT%H%M%SZ"


def versions_dir(settings: Settings) -> Path:
    return settings.published_dir / "versions"


def versions(settings: Settings) -> list[Version]:
    """Every kept version, oldest first."""
    kept = []
    for name in _names(settings):
        with contextlib.suppress(FileNotFoundError):  # a night has pruned it meanwhile
            kept.append(read_version(versions_dir(settings) / name))
    return kept


def shown(settings: Settings) -> list[Version]:
    """The kept versions that readers have seen, oldest first: not one sealed and never shown."""
    seen = _remembered(settings) | {current_name(settings)}
    return [version for version in versions(settings) if version.name in seen]


def current(settings: Settings) -> Version | None:
    """The version that readers see; None before the first."""
    name = current_name(settings)
    return read_version(versions_dir(settings) / name) if name else None


def current_name(settings: Settings) -> str | None:
    link = settings.published_dir / CURRENT
    return Path(os.readlink(link)).name if link.is_symlink() else None


def published_before(settings: Settings, name: str) -> datetime | None:
    """When the version before this one was published, kept or not; None where there was none.

    By its name, which is as old as its data; the line may be of a later night (`sweep`).
    """
    earlier = [seen for seen in _remembered(settings) if seen < name]
    return moment_of(max(earlier)) if earlier else None


def moment_of(name: str) -> datetime:
    """The instant that a version's name begins with."""
    return datetime.strptime(name.split("-")[0], MOMENT).replace(tzinfo=UTC)


def rollback(settings: Settings, name: str) -> Version:
    """Let readers see a kept version again; the versions after it stay, to roll forward to.

    The next night publishes a new version as always: mend the cause before it runs.
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
        if name != current_name(settings):
            point_readers_to(settings, name)
            _remember(settings, name, "rolled back")
        return read_version(versions_dir(settings) / name)


def put_in_place(settings: Settings, building: Path, name: str) -> None:
    """Give a sealed folder its name and show it to readers, in one step."""
    os.rename(building, versions_dir(settings) / name)
    fsync_folder(versions_dir(settings))
    failpoints.point("publish.before_swap")
    point_readers_to(settings, name)
    failpoints.point("publish.after_swap")
    _remember(settings, name, "published")


def point_readers_to(settings: Settings, name: str) -> None:
    """The one step: readers see either the version before or this one, never a part of each."""
    directory = settings.published_dir
    for entrance, target in ENTRANCES.items():
        replace_link(directory / entrance, target)
    replace_link(directory / CURRENT, f"versions/{name}")
    fsync_folder(directory)


def prune(settings: Settings) -> None:
    """Drop all but the newest `keep_versions`, and never the one that readers see."""
    shown = current_name(settings)
    for name in _names(settings)[: -settings.keep_versions]:
        if name != shown:
            _drop(settings, name)


def sweep(settings: Settings) -> None:
    """Remove what a process that died while publishing left behind.

    That includes a version that was sealed and never shown. A version that was shown, though its
    process died before writing that down, is written down now.
    """
    shown = current_name(settings)
    remembered = _remembered(settings)
    if shown and shown not in remembered:
        _remember(settings, shown, "published")
        remembered.add(shown)
    for leftover in settings.published_dir.glob(".*.new"):
        leftover.unlink()
    for pattern in (f"{BUILDING}*", f"{LEAVING}*"):
        for leftover in versions_dir(settings).glob(pattern):
            shutil.rmtree(leftover)
    for name in _names(settings):
        if name not in remembered:
            _drop(settings, name)


def _names(settings: Settings) -> list[str]:
    manifests = versions_dir(settings).glob(f"[!.]*/{MANIFEST}")
    return sorted(path.parent.name for path in manifests)


def _drop(settings: Settings, name: str) -> None:
    """Out of sight in one step first, so that no half-deleted folder passes for a version."""
    leaving = versions_dir(settings) / f"{LEAVING}{name}"
    os.rename(versions_dir(settings) / name, leaving)
    shutil.rmtree(leaving)


def _remember(settings: Settings, name: str, event: str) -> None:
    """One line for each change of what readers see: an account of it, and how `sweep` knows."""
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, "version": name}
    path = settings.published_dir / HISTORY
    temporary = path.with_name(f".{path.name}.new")
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    with open(temporary, "w", encoding="utf-8") as history:
        history.write(f"{before}{json.dumps(line)}\n")
        history.flush()
        os.fsync(history.fileno())
    os.replace(temporary, path)


def _remembered(settings: Settings) -> set[str]:
    path = settings.published_dir / HISTORY
    if not path.exists():
        return set()
    lines = path.read_text(encoding="utf-8").splitlines()
    return {json.loads(line)["version"] for line in lines}
