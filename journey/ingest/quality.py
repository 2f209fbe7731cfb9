"""The ledger's account as a table: `run/quality.parquet`, which the mart data_quality is made of.

One row per run and check. What the numbers mean is said here; nothing is judged again.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from journey.core import database
from journey.core.settings import Settings
from journey.core.sql import text
from journey.ingest.ledger import Ledger
from journey.ingest.pending import COUNTS

COLUMNS = {
    "run_id": "varchar",
    "run_at": "timestamp",
    "check_kind": "varchar",
    "asset": "varchar",
    "source": "varchar",
    "check_name": "varchar",
    "severity": "varchar",
    "is_passed": "boolean",
    "observed": "double",
    "detail": "varchar",
}
ARROW_TYPES = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "double": pa.float64(),
}
ROWS = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in COLUMNS.items()])
LATE_DAYS = 2  # a source that is this much behind the others is reported


def export_quality(settings: Settings, path: Path, run_id: str) -> None:
    """Write the checks of every run so far, and how fresh each source is at `run_id`."""
    ledger = Ledger(settings)
    ledger.begin_run(run_id)
    began = ledger.runs()
    rows = [
        dict(zip(COLUMNS, (row[0], began[row[0]], *row[1:]), strict=True))
        for row in (
            *_deliveries(ledger),
            *_withdrawn(ledger),
            *_quarantine(ledger),
            *_expectations(ledger),
            *_freshness(settings, ledger, run_id),
        )
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with database.connect(settings) as connection:
        connection.execute(f"create table quality ({columns})")
        # In one go: the history grows by a run's checks every run.
        connection.register("rows", pa.Table.from_pylist(rows, ROWS))
        connection.execute("insert into quality from rows")
        connection.execute(
            f"copy (from quality order by run_at, run_id, check_kind, asset, source, check_name)"
            f" to {text(path)} (format parquet)"
        )


def _deliveries(ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    """Per run and source: files and rows by outcome. A rejected file does not pass."""
    totals: dict[tuple[str, str, str], Counter[str]] = {}
    rejected: dict[tuple[str, str, str], list[str]] = {}
    for file in ledger.file_results():
        place = (file["run_id"], f"raw/{file['kind']}", file["source"])
        counts = totals.setdefault(place, Counter(files=0, rejected_files=0))
        counts["files"] += 1
        for outcome in COUNTS:
            counts[outcome] += file[outcome]
        if file["status"] == "rejected":
            counts["rejected_files"] += 1
            rejected.setdefault(place, []).append(file["file_name"])
    for (run_id, asset, source), counts in totals.items():
        names = sorted(rejected.get((run_id, asset, source), []))
        for outcome, count in counts.items():
            if outcome == "forgotten" and not count:
                continue  # of most warehouses, no person is
            is_bad = outcome == "rejected_files" and count > 0
            severity = "warning" if outcome == "rejected_files" else "info"
            detail = f"rejected: {', '.join(names[:5])}" if is_bad else ""
            yield run_id, "delivery", asset, source, outcome, severity, not is_bad, count, detail


def _withdrawn(ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    """Per run and source: rows that were kept before and that no file gives any more."""
    for gone in ledger.withdrawn():
        asset = f"raw/{gone.kind}"
        yield (
            *(gone.run_id, "delivery", asset, gone.source, "withdrawn", "warning", False),
            *(gone.rows, gone.sentence),
        )


def _quarantine(ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    """Per run, source and reason: rows that could not be kept, and the files they are in."""
    rows: Counter[tuple[str, ...]] = Counter()
    files: Counter[tuple[str, ...]] = Counter()
    for found in ledger.quarantined():
        place = (found["run_id"], f"raw/{found['kind']}", found["source"], found["reason"])
        rows[place] += found["rows"]
        files[place] += 1
    for (run_id, asset, source, reason), count in rows.items():
        number = files[run_id, asset, source, reason]
        detail = f"in {number} file{'s' if number > 1 else ''}"
        yield run_id, "quarantine", asset, source, reason, "warning", False, count, detail


def _expectations(ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    for run_id, check in ledger.checks_of():
        yield (
            run_id,
            "expectation",
            check.asset,
            None,
            check.check_name,
            check.severity,
            check.is_passed,
            check.observed,
            check.detail or check.expected,
        )


def _freshness(settings: Settings, ledger: Ledger, run_id: str) -> Iterator[tuple[Any, ...]]:
    """How many days each source lies behind the latest event of all; not the clock's business."""
    latest: dict[str, date] = {}
    for file in ledger.file_results():
        if file["last_event_date"] and file["replaced_by"] is None:
            day = date.fromisoformat(file["last_event_date"])
            latest[file["source"]] = max(day, latest.get(file["source"], day))
    newest = max(latest.values(), default=None)
    for source in settings.sources:
        if newest is None:
            return
        last = latest.get(source.name)
        behind = (newest - last).days if last else None
        yield (
            run_id,
            "freshness",
            f"raw/{source.kind}",
            source.name,
            "days_behind_latest_event",
            "warning",
            behind is not None and behind <= LATE_DAYS,
            behind,
            f"latest event on {last}" if last else "nothing was ever loaded",
        )
