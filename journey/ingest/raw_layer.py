"""Where kept, pending and quarantined rows lie, and how that is tidied. No row is read here.

    raw/<kind>/event_date=…/<source>-<load_id>-<batch>_<n>.parquet   what dbt reads
    raw/.redelivered/<kind>/<source>-<load_id>.parquet               duplicates (see versions)
    raw/.pending/<kind>/…                                            a load that is not committed
    quarantine/<kind>/<source>-<load_id>.parquet                     rows that cannot be kept

A file belongs to the warehouse when the ledger knows its load; `sweep` removes the others, so a
night that died between renaming files and committing the ledger leaves nothing behind.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from journey.core import database
from journey.core.settings import Settings
from journey.ingest.contract_files import CONTRACT_FILE, ensure_contract_file
from journey.ingest.contracts import LINEAGE, Contract, kinds, read_contract
from journey.ingest.ledger import Ledger

LOAD_OF_FILE = re.compile(r"-(\d+)(?:-\d+_\d+)?\.parquet$")
PRIVATE = 0o700


def raw_files(settings: Settings, kind: str) -> list[Path]:
    """The kept files of a kind, but for its empty one."""
    files = (settings.raw_dir / kind).glob("event_date=*/*.parquet")
    return sorted(path for path in files if path.name != CONTRACT_FILE)


def row_count(settings: Settings, kind: str) -> int:
    """How many rows of a kind are kept."""
    with database.connect(settings) as connection:
        return rows_in(connection, raw_files(settings, kind))


def rows_in(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> int:
    """How many rows Parquet files hold, from their own footers."""
    if not files:
        return 0
    count = "select sum(num_rows) from parquet_file_metadata($files)"
    return int(connection.execute(count, {"files": [str(p) for p in files]}).fetchone()[0])


def files_of_source(files: list[Path], source: str) -> list[Path]:
    """Those of the files that hold rows of a source."""
    own = re.compile(re.escape(source) + LOAD_OF_FILE.pattern)
    return [path for path in files if own.match(path.name)]


def redelivered_dir(settings: Settings, kind: str) -> Path:
    return settings.raw_dir / ".redelivered" / kind


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
        for kind in kinds():
            folder = settings.raw_dir / kind / "event_date=1970-01-01"
            ensure_contract_file(connection, folder, raw_columns(read_contract(kind)))


def raw_columns(contract: Contract) -> dict[str, str]:
    """Columns of a raw file and their types, but for event_date, which is its folder."""
    return {column.name: column.sql_type for column in contract.columns} | LINEAGE


def sweep(settings: Settings) -> int:
    """Remove what no committed load owns; returns how many files that were."""
    removed = _remove_tree(settings.raw_dir / ".pending")
    ledger = Ledger(settings)
    for kind in kinds():
        known = ledger.load_ids(kind)
        for path in _files_of_loads(settings, kind):
            if int(LOAD_OF_FILE.search(path.name).group(1)) not in known:
                path.unlink()
                removed += 1
                if path.parent.name.startswith("event_date=") and not any(path.parent.iterdir()):
                    path.parent.rmdir()
    return removed


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
