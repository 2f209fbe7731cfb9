"""Where kept, pending and quarantined rows lie, and how that is tidied. No row is read here.

    raw/<kind>/event_date=…/<source>-<load_id>-<batch>_<n>.parquet   what dbt reads
    raw/.redelivered/<kind>/<source>-<load_id>.parquet               duplicates (see versions)
    raw/.loads/<kind>/<load_id>.json                                 what a load was (load_records)
    raw/.superseded/<kind>/event_date=…/…                            what the state was made of
    raw/.pending/<kind>/…                                            a load that is not committed
    quarantine/<kind>/<source>-<load_id>.parquet                     rows that cannot be kept

A file belongs to the warehouse when the ledger knows its load and no later load has superseded it,
that is, written again what stays of its rows; `sweep` removes the others, so that a run that died
leaves nothing behind. A load with its record in place is whole and is given to the ledger
instead. Of a kind of which the ledger knows no load, `sweep` removes only what it knows to be left
by a run that died: else all of it would go with a ledger that was lost and begun again.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from journey.core import database, sql
from journey.core.database import Connection, only_value
from journey.core.errors import EngineError
from journey.core.settings import KINDS, Settings
from journey.ingest import email_key, load_records, refresh
from journey.ingest.contract_files import CONTRACT_FILE, ensure_contract_file
from journey.ingest.contracts import LINEAGE, Contract, read_contract
from journey.ingest.file_names import LOAD_OF_FILE, source_and_load
from journey.ingest.ledger import Ledger

PRIVATE = 0o700
FILES_FACT = "files/{kind}"


def raw_files(settings: Settings, kind: str) -> list[Path]:
    """The kept files of a kind, but for its empty one."""
    files = (settings.raw_dir / kind).glob("event_date=*/*.parquet")
    return sorted(path for path in files if path.name != CONTRACT_FILE)


def row_count(settings: Settings, kind: str) -> int:
    """How many rows of a kind are kept."""
    with database.connect(settings) as connection:
        return rows_in(connection, raw_files(settings, kind))


def rows_in(connection: Connection, files: list[Path]) -> int:
    """How many rows Parquet files hold, from their own footers."""
    if not files:
        return 0
    count = "select sum(num_rows) from parquet_file_metadata($files)"
    return int(only_value(connection, count, {"files": [sql.one_file(p) for p in files]}))


def rows_by_source(settings: Settings, ledger: Ledger | None) -> dict[str, int] | None:
    """How many rows are kept of each source, from the footers of its files; None where one of them
    is damaged. Without a ledger, nothing says which of them belong to a load."""
    files = [path for kind in KINDS for path in raw_files(settings, kind)]
    if ledger:
        files = [path for kind in KINDS for path in live_files(settings, ledger, kind)]
    if not files:
        return {}
    count = "select file_name, num_rows from parquet_file_metadata($files)"
    rows: dict[str, int] = {}
    with database.connect(settings) as connection:
        given = {"files": [sql.one_file(path) for path in files]}
        try:
            found = connection.execute(count, given).fetchall()
        except duckdb.Error:
            return None
    for path, number in found:
        source, _ = source_and_load(Path(path).name)
        rows[source] = rows.get(source, 0) + number
    return rows


def files_of_source(files: list[Path], source: str) -> list[Path]:
    """Those of the files that hold rows of a source."""
    own = re.compile(re.escape(source) + LOAD_OF_FILE.pattern)
    return [path for path in files if own.match(path.name)]


def sources_of(files: list[Path]) -> list[str]:
    """The sources whose rows the files hold."""
    return sorted({source_and_load(path.name)[0] for path in files})


def redelivered_dir(settings: Settings, kind: str) -> Path:
    return settings.raw_dir / ".redelivered" / kind


def redelivered_files(settings: Settings, kind: str, source: str) -> list[Path]:
    return files_of_source(sorted(redelivered_dir(settings, kind).glob("*.parquet")), source)


def quarantine_dir(settings: Settings, kind: str) -> Path:
    return settings.quarantine_dir / kind


def pending_dir(settings: Settings, kind: str) -> Path:
    return settings.raw_dir / ".pending" / kind


def private_dir(path: Path) -> Path:
    """The folder, made if need be, for its owner alone: what is in it may name people."""
    path.mkdir(parents=True, exist_ok=True)
    os.chmod(path, PRIVATE)
    return path


def ensure_contract_files(settings: Settings) -> None:
    """Every kind has a file without rows but with all columns, so that it is always a table."""
    with database.connect(settings) as connection:
        for kind in KINDS:
            folder = settings.raw_dir / kind / "event_date=1970-01-01"
            ensure_contract_file(connection, folder, raw_columns(read_contract(kind)))


def raw_columns(contract: Contract) -> dict[str, str]:
    """Columns of a raw file and their types, but for event_date, which is its folder."""
    return {column.name: column.sql_type for column in contract.columns} | LINEAGE


def sweep(settings: Settings) -> int:
    """Remove what no committed load owns; returns how many files that were.

    Raises EngineError, and touches nothing, where raw has loads and the ledger does not know one.
    """
    ledger = Ledger(settings)
    ledger.check()
    _require_known(settings, ledger)
    removed = _remove_tree(settings.raw_dir / ".pending")
    is_refreshing = refresh.is_unfinished(settings)
    for kind in KINDS:
        if is_refreshing:
            _forget_records(settings, ledger, kind)
        else:
            load_records.adopt(settings, ledger, kind)
        removed += remove_dead(settings, ledger, kind)
        load_records.complete(settings, ledger, kind)
    check_value = ledger.fact(email_key.FACT)
    if check_value:  # by a version that did not
        email_key.keep_beside_raw(settings, check_value)
    return removed


def remove_dead(settings: Settings, ledger: Ledger, kind: str) -> int:
    """Remove the files of a kind that belong to no load, or that a later load has superseded."""
    removed = 0
    is_live = _is_live(settings, ledger, kind)
    for path in _files_of_loads(settings, kind):
        if is_live(path):
            continue
        _set_aside(settings, kind, path)
        removed += 1
        if path.parent.name.startswith("event_date=") and not any(path.parent.iterdir()):
            path.parent.rmdir()
    return removed


def superseded_dir(settings: Settings) -> Path:
    """Files that went while a state was made of them: the next run compares them to what came."""
    return settings.raw_dir / ".superseded"


def _set_aside(settings: Settings, kind: str, path: Path) -> None:
    if settings.state_dir.exists() and path.parent.parent == settings.raw_dir / kind:
        folder = private_dir(superseded_dir(settings) / kind / path.parent.name)
        path.replace(folder / path.name)
    else:
        path.unlink()


def below(settings: Settings, path: Path) -> str:
    """A file's name below the data dir, by which the ledger knows it."""
    return path.relative_to(settings.data_dir).as_posix()


def live_files(
    settings: Settings,
    ledger: Ledger,
    kind: str,
    *,
    load_id: int | None = None,
    superseded: Sequence[str] = (),
) -> list[Path]:
    """The files that hold rows of a kind.

    With a `load_id`, once that load, whose own files are in place, is committed, with the files
    that it has superseded.
    """
    is_live = _is_live(settings, ledger, kind, load_id=load_id, superseded=superseded)
    return [path for path in raw_files(settings, kind) if is_live(path)]


def _is_live(
    settings: Settings,
    ledger: Ledger,
    kind: str,
    *,
    load_id: int | None = None,
    superseded: Sequence[str] = (),
) -> Callable[[Path], bool]:
    """Whether a file belongs to a load and no later one has superseded it."""
    known = ledger.load_ids(kind) | {load_id}
    replaced = ledger.replaced(kind)
    dead = ledger.superseded(kind).union(superseded)

    def is_live(path: Path) -> bool:
        source, of_load = source_and_load(path.name)
        is_dead = of_load < replaced.get(source, 0) or below(settings, path) in dead
        return of_load in known and not is_dead

    return is_live


def require_raw(settings: Settings) -> None:
    """Raise EngineError where files of committed loads are gone: their rows would be missed."""
    if not settings.ledger_path.exists():
        return
    ledger = Ledger(settings)
    for kind in KINDS:
        known = ledger.fact(FILES_FACT.format(kind=kind))
        found = len(raw_files(settings, kind))
        if known is not None and found < int(known):
            raise EngineError(
                f"{settings.raw_dir / kind}: {int(known) - found:,} of {int(known):,} files that "
                "loads have written are gone; put them back from a backup, or run `journey run "
                "--full-refresh` to load all that lies in the landing paths again"
            )


def loads_found(settings: Settings, kind: str) -> set[int]:
    """The loads of which something lies in raw or in quarantine."""
    names = (path.name for path in _files_of_loads(settings, kind))
    found = {source_and_load(name)[1] for name in names}
    return found | set(load_records.load_ids(settings, kind))


def require_ledger(settings: Settings) -> None:
    """Raise EngineError where the ledger is damaged, or knows no load although raw has some."""
    if settings.ledger_path.exists() or any(loads_found(settings, kind) for kind in KINDS):
        ledger = Ledger(settings)
        ledger.check()
        _require_known(settings, ledger)


def unknown_loads(settings: Settings, ledger: Ledger) -> dict[str, set[int]]:
    """By kind, the loads that lie there and that the ledger cannot judge, as it knows none."""
    if refresh.is_unfinished(settings) and not ledger.is_blank():
        return {}  # they are forgotten
    unknown = {}
    for kind in KINDS:
        if not ledger.load_ids(kind):
            unknown[kind] = loads_found(settings, kind) - {ledger.begun_load(kind)}
    return {kind: loads for kind, loads in unknown.items() if loads}


def _require_known(settings: Settings, ledger: Ledger) -> None:
    found = unknown_loads(settings, ledger)
    if found:
        knows = "knows none of them" if ledger.has_loads() else "is new or empty"
        raise EngineError(
            f"{settings.ledger_path}: the ledger {knows}, but "
            f"{sum(map(len, found.values())):,} loads of {', '.join(found)} lie in "
            f"{settings.raw_dir.name}/ and {settings.quarantine_dir.name}/; nothing was touched; "
            "put the ledger back from a backup, or run `journey doctor --repair`, which "
            "rebuilds it from them"
        )


def _forget_records(settings: Settings, ledger: Ledger, kind: str) -> None:
    """In a full refresh: the records of loads that it has forgotten."""
    known = ledger.load_ids(kind)
    for load_id in load_records.load_ids(settings, kind):
        if load_id not in known:
            load_records.path_of(settings, kind, load_id).unlink()


def forget(settings: Settings) -> None:
    """Drop every load.

    The ledger forgets first: whatever is left if this is cut off belongs to no load and is swept.
    """
    Ledger(settings).forget_loads()
    sweep(settings)


def _files_of_loads(settings: Settings, kind: str) -> Iterator[Path]:
    folders = (
        *(settings.raw_dir / kind).glob("event_date=*"),
        redelivered_dir(settings, kind),
        quarantine_dir(settings, kind),
    )
    for folder in folders:
        yield from (p for p in folder.glob("*.parquet") if LOAD_OF_FILE.search(p.name))


def _remove_tree(path: Path) -> int:
    count = sum(1 for found in path.rglob("*") if found.is_file())
    shutil.rmtree(path, ignore_errors=True)
    return count
