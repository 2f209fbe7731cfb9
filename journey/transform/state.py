"""The state: the private warehouse of the last published run, on which the next one builds.

    state/<run>.duckdb      that warehouse
    state/state.json        which file that is, and what it was made of
    run/built.json          the same of the warehouse that a run has built, until it is published
    raw/.superseded/…       files of the raw layer that the state was made of and that went since

A run works on a copy, and what it leaves becomes the state once it is published: a run that is
killed leaves the state as it was. What rows mean is not known here: which people a run has to make
anew is decided in dbt_project/.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journey.core import database, durable, failpoints
from journey.core.checks import Check
from journey.core.log import logger
from journey.core.settings import KINDS, Settings
from journey.core.sql import text
from journey.ingest import raw_layer
from journey.transform import inputs

FORMAT = 1
RECORD, BUILT = "state.json", "built.json"
CHANGES = "raw_changes.parquet"
PRIVATE = 0o700
# The part of a file of raw below the folder of its kind: its day and its name.
Files = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class State:
    """What a state was made of. `warehouse` and `files` are below the data dir."""

    warehouse: str
    stamp: tuple[int, int]
    code: str
    seeds: str
    settings: dict[str, Any]
    as_of: datetime
    files: Files
    rebuilt_at: datetime


@dataclass(frozen=True)
class Basis:
    """What a run builds on: a state, or nothing, for a reason in words; none where no run does.

    A rebuild for no other reason than its time has a state that it is `held_against`.
    """

    state: State | None
    reason: str = ""
    held_against: State | None = None
    came: Mapping[str, list[str]] = field(default_factory=dict)
    gone: Mapping[str, list[str]] = field(default_factory=dict)


def basis(settings: Settings, *, is_forced: bool = False) -> Basis:
    """What a run of these settings builds on, now that everything is loaded."""
    if is_forced:
        return Basis(None, "as asked")
    if not _is_built_on(settings):
        return Basis(None)
    state, reason = read(settings)
    if state is None:
        return Basis(None, reason)
    reason = _why_outdated(settings, state)
    found = Basis(None, reason) if reason else _compared(settings, state)
    days = settings.full_rebuild_every_days
    if found.state and datetime.now(UTC) - state.rebuilt_at >= timedelta(days=days):
        reason = f"the last rebuild is {days} days old (full_rebuild_every_days)"
        return replace(found, state=None, reason=reason, held_against=state)
    return found


def read(settings: Settings) -> tuple[State | None, str]:
    """The state, or None and why there is none that could be used."""
    return _read(settings, settings.state_dir / RECORD)


def _read(settings: Settings, record: Path) -> tuple[State | None, str]:
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            return None, "the state is of another version"
        moments = {name: datetime.fromisoformat(content[name]) for name in ("as_of", "rebuilt_at")}
        files = {place: (size, written) for place, (size, written) in content["files"].items()}
        stamp = (content["stamp"][0], content["stamp"][1])
        state = State(**content | moments | {"files": files, "stamp": stamp})
    except FileNotFoundError:
        return None, "there is no state to build on"
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None, "the state cannot be read"
    if _stamp(settings.data_dir / state.warehouse) != state.stamp:
        return None, "the warehouse of the state is not as a run left it"
    return state, ""


def _write(record: Path, state: State) -> None:
    content = asdict(state) | {"format": FORMAT}
    durable.replace_text(record, json.dumps(content, default=str))


def changes(given: Basis) -> list[tuple[str, str, bool]]:
    """The files of raw that came or went: kind, place below the data dir, whether it went."""
    return [
        (kind, path, is_gone)
        for is_gone, files in ((False, given.came), (True, given.gone))
        for kind, paths in files.items()
        for path in paths
    ]


def begin(settings: Settings, given: Basis) -> None:
    """Lay what the run works on: a copy of the state, or nothing, and what changed since.

    What a killed run left of its warehouse goes: there is nothing to trip over.
    """
    (settings.run_dir / BUILT).unlink(missing_ok=True)
    for leftover in settings.data_dir.glob(f"{settings.warehouse_path.name}*"):
        leftover.unlink()
    rows = changes(given)
    columns = (pa.string(), pa.string(), pa.bool_())
    names = ("kind", "path", "is_gone")
    table = {
        name: pa.array([row[number] for row in rows], of_type)
        for number, (name, of_type) in enumerate(zip(names, columns, strict=True))
    }
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(table), settings.run_dir / CHANGES)
    if given.state:
        _copy(settings.data_dir / given.state.warehouse, settings.warehouse_path)
        failpoints.point("state.after_copy")


def note_built(settings: Settings, given: Basis) -> None:
    """Write down what the warehouse was made of, now that it is whole, if one may build on it."""
    if not _is_built_on(settings):
        return
    if settings.warehouse_path.with_name(f"{settings.warehouse_path.name}.wal").exists():
        with database.connect(settings, settings.warehouse_path) as connection:
            connection.execute("checkpoint")
    built = State(
        warehouse=settings.warehouse_path.name,
        stamp=_stamp(settings.warehouse_path),
        code=inputs.code_state(),
        seeds=inputs.seeds_state(settings),
        settings=_meaning(settings),
        as_of=inputs.as_of(settings),
        files=_files(settings),
        rebuilt_at=given.state.rebuilt_at if given.state else datetime.now(UTC),
    )
    failpoints.point("state.before_note")
    _write(settings.run_dir / BUILT, built)


def keep(settings: Settings, run_id: str) -> None:
    """Let what a published run has built be the state, in one step.

    Where every run is a rebuild, where the warehouse is another than the one that was built, or
    where no room is left, there is no state after this: the next run makes everything anew.
    """
    built, _ = _read(settings, settings.run_dir / BUILT)
    try:
        if built is None:
            drop(settings)
        else:
            _keep(settings, built, run_id)
    except OSError as error:
        logger.warning("the state cannot be kept (%s); the next run is a rebuild", error.strerror)
        drop(settings)


def _keep(settings: Settings, built: State, run_id: str) -> None:
    folder = settings.state_dir
    folder.mkdir(mode=PRIVATE, exist_ok=True)
    warehouse = folder / f"{run_id}.duckdb"
    warehouse.unlink(missing_ok=True)  # of a step that is done again
    try:
        os.link(settings.warehouse_path, warehouse)
    except OSError:  # a file system without links
        _copy(settings.warehouse_path, warehouse)
    durable.flush(warehouse)
    durable.flush(folder)
    place = str(warehouse.relative_to(settings.data_dir))
    failpoints.point("state.before_swap")
    _write(folder / RECORD, replace(built, warehouse=place, stamp=_stamp(warehouse)))
    failpoints.point("state.after_swap")
    for path in folder.iterdir():
        if path.name not in (RECORD, warehouse.name):
            path.unlink()
    shutil.rmtree(raw_layer.superseded_dir(settings), ignore_errors=True)


def drop(settings: Settings) -> None:
    """Let there be no state: the next run makes everything anew."""
    shutil.rmtree(settings.state_dir, ignore_errors=True)
    shutil.rmtree(raw_layer.superseded_dir(settings), ignore_errors=True)


def environment(given: Basis) -> dict[str, str]:
    """How dbt learns of it."""
    beside = given.state or given.held_against
    return {
        "JOURNEY_STATE": beside.warehouse if beside else "",
        "JOURNEY_REBUILD": "1" if given.held_against else "",
    }


def as_of_before(given: Basis) -> datetime | None:
    """The instant that the state describes; None where a run does without one."""
    beside = given.state or given.held_against
    return beside.as_of if beside else None


def judged(settings: Settings, given: Basis, marts: Sequence[str]) -> list[Check]:
    """A rebuild held against the state: of people who could not have changed, rows are the same.

    `marts` are those whose rows are a person's. Nothing where there is no state beside the rebuild.
    """
    if given.held_against is None:
        return []
    with database.connect(settings) as connection:
        for name, path in (
            ("warehouse", settings.warehouse_path),
            ("state", settings.data_dir / given.held_against.warehouse),
        ):
            connection.execute(f"attach {text(path)} as {name} (read_only)")
        return [_check_of(mart, _differing_rows(connection, mart)) for mart in marts]


def _differing_rows(connection: database.Connection, mart: str) -> int:
    """Rows of unchanged people that only the rebuild has, and that only the state has."""
    rows = {
        place: f"""select * from {place}.marts.{mart} as mart where person_id not in (
            select person_id from warehouse.intermediate.int_people_changed)"""
        for place in ("warehouse", "state")
    }
    sums = [
        database.only_row(
            connection, f"select count(*), sum(hash(kept)::hugeint) from ({query}) as kept"
        )
        for query in rows.values()
    ]
    if sums[0] == sums[1]:
        return 0
    new, old = rows.values()
    only = f"select count(*) from (({new} except all {old}) union all ({old} except all {new}))"
    return int(database.only_value(connection, only))


def _check_of(mart: str, differing: int) -> Check:
    return Check(
        asset=f"marts/{mart}",
        check_name="equal_to_the_state",
        severity="warning",
        is_passed=differing == 0,
        observed=float(differing),
        expected="A rebuild gives people who could not have changed the rows that they had.",
        unexpected_count=differing,
        element_count=None,
        detail=f"{differing:,} rows differ; what is published is the rebuild" if differing else "",
    )


def what_was_made(settings: Settings, given: Basis) -> str:
    """In words, how much of the tables a run has made and why."""
    if given.state is None:
        return f"all anew: {given.reason}" if given.reason else "all anew"
    with database.connect(settings, settings.warehouse_path, read_only=True) as connection:
        changed = database.only_value(
            connection, "select count(*) from intermediate.int_people_changed"
        )
    return f"anew for {changed:,} people who could have changed since {given.state.as_of:%Y-%m-%d}"


def _is_built_on(settings: Settings) -> bool:
    """Whether runs build on states at all; a cluster makes everything anew."""
    return settings.engine == "duckdb" and settings.full_rebuild_every_days > 0


def _why_outdated(settings: Settings, state: State) -> str:
    """Why tables of the state could mean something else than those that are to be made."""
    if state.code != inputs.code_state():
        return "the code has changed"
    if state.seeds != inputs.seeds_state(settings):
        return "the seeds have changed"
    meaning = _meaning(settings)
    changed = [name for name in meaning if state.settings.get(name) != meaning[name]]
    if changed:
        return f"{', '.join(changed)} {'is' if len(changed) == 1 else 'are'} set otherwise"
    return ""


def _meaning(settings: Settings) -> dict[str, Any]:
    """The settings that decide what rows mean, as JSON has them."""
    names = [name for name in (*inputs.SCALARS, *inputs.LISTS) if name not in inputs.OF_A_RUN]
    meaning: dict[str, Any] = json.loads(json.dumps({n: getattr(settings, n) for n in names}))
    return meaning


def _compared(settings: Settings, state: State) -> Basis:
    """The state and the files of raw that came or went since it was made of them."""
    now = _files(settings)
    if any(now[place] != state.files[place] for place in now.keys() & state.files.keys()):
        return Basis(None, "files of the raw layer were written over")
    came: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    for place in sorted(now.keys() - state.files.keys()):
        came.setdefault(place.split("/")[0], []).append(f"{settings.raw_dir.name}/{place}")
    aside = raw_layer.superseded_dir(settings)
    for place in sorted(state.files.keys() - now.keys()):
        if _stamp(aside / place) != state.files[place]:
            return Basis(None, "files of the raw layer are gone without a trace")
        path = (aside / place).relative_to(settings.data_dir)
        gone.setdefault(place.split("/")[0], []).append(str(path))
    return Basis(state, came=came, gone=gone)


def _files(settings: Settings) -> Files:
    """Every file of the raw layer below it, with its size and when it was written."""
    files = (path for kind in KINDS for path in raw_layer.raw_files(settings, kind))
    return {str(path.relative_to(settings.raw_dir)): _stamp(path) for path in files}


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of writing; of nothing where there is no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _copy(source: Path, target: Path) -> None:
    """A copy that shares its blocks with the source where the file system can."""
    with open(source, "rb") as read, open(target, "wb") as written:
        left = source.stat().st_size
        try:
            while left:
                done = os.copy_file_range(read.fileno(), written.fileno(), left)
                if not done:
                    break
                left -= done
        except OSError:
            read.seek(0)
            written.seek(0)
            shutil.copyfileobj(read, written, 1 << 24)
