"""What is wrong with a data dir as a whole, a sentence each that says what to do about it.

Nothing is changed by looking. What a part knows of itself (the ledger, the key, which versions can
be read) its own functions say; here are files, hashes and permissions, the disk, and databases that
no part of the product owns.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from journey import publish
from journey.core import privacy
from journey.core.errors import JourneyError
from journey.core.settings import KINDS, Settings
from journey.core.sizes import in_words
from journey.ingest import load_records, raw_layer, tombstones
from journey.ingest.ledger import Ledger
from journey.ingest.read.inspection import digest
from journey.people import forgetting
from journey.publish.versions import versions_dir
from journey.upkeep import layout

BUSY_SECONDS = 5
# A run writes the private warehouse anew, and the published files from it.
TIMES_ITS_SIZE = 2
LEAST_FREE = 200_000_000
SHOWN_WIDE = 3


def findings(settings: Settings) -> list[str]:
    """All that is wrong, worst first; empty where there is nothing yet."""
    if not (settings.raw_dir.is_dir() or settings.published_dir.is_dir()):
        return []  # the first run makes private what lies there
    found: list[str] = []
    for look in (_layout, _published, _raw, _forgotten, _access, _instance, _disk):
        try:
            found += look(settings)
        except JourneyError as error:
            found.append(str(error))
        except OSError as error:
            found.append(f"{settings.data_dir}: it cannot be looked at ({error.strerror})")
    return found


def complete_records(settings: Settings) -> list[str]:
    """Write the records of loads that are gone, and say so. The caller holds the lock."""
    if not settings.ledger_path.exists():
        return []
    ledger, written = Ledger(settings), 0
    for kind in KINDS:
        written += len(ledger.load_ids(kind) - set(load_records.load_ids(settings, kind)))
        load_records.complete(settings, ledger, kind)
    return [f"the records of {written:,} loads are written again"] if written else []


def close(settings: Settings) -> list[str]:
    """Make private what every user of this machine can read, and say so."""
    before = privacy.wide(settings)
    if not before:
        return []
    privacy.protect(settings)
    closed = len(before) - len(privacy.wide(settings))
    return [f"{closed:,} files and folders are made private"] if closed else []


def _layout(settings: Settings) -> Iterator[str]:
    version = layout.version_of(settings)
    if version < layout.VERSION:
        yield (
            f"{settings.data_dir}: its layout is {version} and this version's is {layout.VERSION}; "
            "`journey run` brings it up, or `journey doctor --repair`, which runs nothing"
        )


def _published(settings: Settings) -> Iterator[str]:
    """Files of versions against what was sealed."""
    for version in publish.versions(settings):
        if version.schema > publish.SCHEMA:
            yield (
                f"{version.directory}: a newer version of Journey Warehouse has published it; "
                "install that version, or run `journey run` for a version of this one"
            )
        for file in version.files:
            path = version.directory / file.path
            if not path.is_file():
                what = "is gone"
            elif path.stat().st_size != file.bytes or digest(path) != file.sha256:
                what = "is not as it was sealed"
            else:
                continue
            yield (
                f"{path}: this published file {what}; run `journey run --full-rebuild`, which "
                "publishes a whole version, or `journey rollback VERSION`, and restore a backup "
                "where neither is possible"
            )
    for entrance in ("current", "current.duckdb"):
        link = settings.published_dir / entrance
        if versions_dir(settings).is_dir() and link.is_symlink() and not link.exists():
            yield f"{link}: it leads nowhere; `journey doctor --repair` restores it"


def _raw(settings: Settings) -> Iterator[str]:
    """Files of rows against the ledger, which does not know them, or whose records are gone."""
    if not settings.ledger_path.exists():
        return
    ledger = Ledger(settings)
    for kind in KINDS:
        known = ledger.load_ids(kind)
        if not known:
            continue
        live = set(raw_layer.live_files(settings, ledger, kind))
        dead = [path for path in raw_layer.raw_files(settings, kind) if path not in live]
        if dead:
            yield (
                f"{settings.raw_dir / kind}: {len(dead):,} files belong to no load that the ledger "
                "knows, as a run that died leaves them; the next `journey run` removes them"
            )
        missing = known - set(load_records.load_ids(settings, kind))
        if missing:
            yield (
                f"{load_records.records_dir(settings, kind)}: the records of {len(missing):,} "
                "loads are gone, from which a lost ledger is rebuilt; the next `journey run` "
                "writes them again, and so does `journey doctor --repair`"
            )


def _forgotten(settings: Settings) -> Iterator[str]:
    tombstones.read(settings)
    if forgetting.is_unfinished(settings):
        yield (
            f"{settings.forgetting_path}: people are still to be forgotten; run `journey forget "
            "--resume`, or `journey run`, which does the rest"
        )


def _access(settings: Settings) -> Iterator[str]:
    wide = privacy.wide(settings)
    if len(wide) > SHOWN_WIDE:
        yield (
            f"{settings.data_dir}: every user of this machine can read {len(wide):,} files and "
            "folders in it; `journey doctor --repair` makes them private, and so does the next run"
        )
    else:
        yield from wide
    others = unwritable = 0
    example = None
    for folder in (settings.raw_dir, settings.quarantine_dir, settings.published_dir):
        for path, _, _ in os.walk(folder):
            if os.stat(path).st_uid != os.geteuid():
                others += 1
                example = example or path
            elif not os.access(path, os.W_OK):
                unwritable += 1
                example = example or path
    if others or unwritable:
        yield (
            f"{example}: this and {others + unwritable - 1:,} more folders belong to another user "
            "or cannot be written; run the warehouse as one user, and give them to it (chown -R, "
            "chmod u+w)"
        )
    key = settings.email_key_path
    if key.exists() and key.stat().st_mode & 0o077:
        yield f"{key}: others may read the key for addresses; `chmod 600 {key}`"


def _instance(settings: Settings) -> Iterator[str]:
    """The databases of the catalogue and of alerts."""
    databases = [settings.alerts_path, *(settings.data_dir / ".dagster").rglob("*.db")]
    for path in databases:
        if not path.exists():
            continue
        try:
            with contextlib.closing(_read_only(path)) as connection:
                (said,) = connection.execute("pragma quick_check(1)").fetchone()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            yield (
                f"{path}: this database is damaged ({str(said).splitlines()[-1]}); stop `journey "
                "serve`, move the file away, and run `journey run`: only the catalogue's past runs "
                "and which alerts were sent are in it"
            )


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def _disk(settings: Settings) -> Iterator[str]:
    size = settings.warehouse_path.stat().st_size if settings.warehouse_path.exists() else 0
    needed = max(LEAST_FREE, TIMES_ITS_SIZE * size)
    free = shutil.disk_usage(settings.data_dir).free
    if free < needed:
        yield (
            f"{settings.data_dir}: {in_words(free)} are free on its disk and a run may need "
            f"{in_words(needed)}; make room, or lower keep_versions; `journey status` shows what "
            "takes how much"
        )
