"""Which layout a data dir has, and how an older one becomes one of today at the first run.

`layout.json` says it; a data dir without one is of 0.1.0 where it has what only that had. Steps
move whole files and can be done again, and the version is written last, so that a process may die
anywhere in here. The ledger has a version of its own and backs itself up (`ingest.ledger_schema`),
and so has the manifest of each published version.
"""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from journey.core import durable, failpoints
from journey.core.errors import EngineError
from journey.core.log import say
from journey.core.paths import Paths
from journey.monitor.notify import sent

VERSION = 2
FIRST = 1  # of 0.1.0, which wrote no version
FILE = "layout.json"
FIGURES = "figures"  # where 0.1.0 kept the monitored metrics
BUSY_SECONDS = 30


def version_of(paths: Paths) -> int:
    """The version of the layout; that of today where there is nothing yet."""
    try:
        content = json.loads(_file(paths).read_text(encoding="utf-8"))
        return int(content["layout"])
    except FileNotFoundError:
        return FIRST if _has_what_the_first_had(paths) else VERSION
    except (ValueError, KeyError, TypeError):
        raise EngineError(
            f"{_file(paths)}: this file is damaged; put it back from a backup, or remove it: then "
            "the next run looks at everything again"
        ) from None


def require_known(paths: Paths) -> None:
    """Raise EngineError where a newer version of the product has written the data dir."""
    version = version_of(paths)
    if version > VERSION:
        raise EngineError(
            f"{paths.data_dir}: a newer version of Journey Warehouse has written this data dir "
            f"(layout {version}, and this version knows {VERSION}); install that version, or "
            "restore a backup of before"
        )


def bring_up(paths: Paths) -> None:
    """Make an older data dir one of today. The caller holds the lock."""
    require_known(paths)
    version = version_of(paths)
    if version == VERSION and _file(paths).exists():
        return
    if version < VERSION:
        aside = _back_up(paths, version)
        failpoints.point("layout.after_backup")
        for number in range(version, VERSION):
            for step in STEPS[number]:
                step(paths)
                failpoints.point("layout.mid_steps")
        say("data dir", f"brought up to layout {VERSION}; what changed is kept in {aside.name}/")
    durable.replace_text(_file(paths), json.dumps({"layout": VERSION}) + "\n")


def _back_up(paths: Paths, version: int) -> Path:
    """Copies of the databases that a step changes; files that are only moved need none."""
    aside = paths.data_dir / f"before-layout-{VERSION}"
    if not aside.exists():
        filling = aside.with_name(f".{aside.name}.new")
        shutil.rmtree(filling, ignore_errors=True)
        filling.mkdir(mode=0o700)
        for path in (paths.ledger_path, paths.alerts_path):
            if path.exists():
                _copy_whatever_it_is(path, filling / path.name)
        (filling / FILE).write_text(json.dumps({"layout": version}) + "\n", encoding="utf-8")
        filling.rename(aside)
        durable.flush(paths.data_dir)
    return aside


def _copy_whatever_it_is(path: Path, target: Path) -> None:
    """Damage is for those to say who read it."""
    try:
        copy_database(path, target)
    except EngineError:
        shutil.copyfile(path, target)


def copy_database(path: Path, target: Path) -> None:
    """A copy of a SQLite database as of one moment, also while others write to it."""
    try:
        with (
            contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    except sqlite3.Error as error:
        raise EngineError(
            f"{path}: it cannot be copied ({error}); run `journey doctor`, which says what to do"
        ) from error


def _move_metrics(paths: Paths) -> None:
    before = paths.data_dir / FIGURES
    if before.is_dir() and not paths.metrics_dir.exists():
        before.rename(paths.metrics_dir)


def _rename_alerts(paths: Paths) -> None:
    if paths.alerts_path.exists():
        sent.take_over(paths)


Step = Callable[[Paths], None]
# By the version that they bring up to the next one.
STEPS: dict[int, Sequence[Step]] = {1: (_move_metrics, _rename_alerts)}


def _file(paths: Paths) -> Path:
    return paths.data_dir / FILE


def _has_what_the_first_had(paths: Paths) -> bool:
    return (paths.data_dir / FIGURES).is_dir() or sent.is_of_earlier(paths)
