"""Files of which no row is loaded, rejected whole or row by row, and that nothing has put right.

A file counts while its path has nothing newer, and its content was loaded from nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.ingest.planning.landing import find_deliveries


@dataclass(frozen=True)
class Rejected:
    """A file of which no row is loaded, or whose rows kept an old meaning, and why."""

    source: str
    kind: str
    file_name: str
    reason: str
    run_id: str


def rejected_files(settings: Settings) -> list[Rejected]:
    """Every rejected file, whether it still lies there or not."""
    if not settings.ledger_path.exists():
        return []
    return [
        Rejected(
            source=file["source"],
            kind=file["kind"],
            file_name=file["file_name"],
            reason=file["reason"] or _all_in_quarantine(file),
            run_id=file["run_id"],
        )
        for file in Ledger(settings).without_rows()
    ]


def _all_in_quarantine(file: Mapping[str, Any]) -> str:
    rows = file["delivered"]
    none = "its only row cannot" if rows == 1 else f"none of its {rows:,} rows can"
    example = file["example"].removeprefix(f"{file['file_name']} ")
    return f"{file['file_name']}: {none} be kept ({example})"


def rejected_and_there(settings: Settings) -> list[Rejected]:
    """The rejected files that lie in the landing paths now."""
    found = rejected_files(settings)
    if not found:
        return []
    today = datetime.now(UTC).date()
    there = {
        (source.name, delivery.file_name)
        for source in settings.sources
        if any(file.source == source.name for file in found)
        for delivery in find_deliveries(settings, source, today)
    }
    return [file for file in found if (file.source, file.file_name) in there]


def sources_without_any_row(settings: Settings) -> list[str]:
    """The sources of which no file has ever had a row in it, whatever its path held since."""
    if not settings.ledger_path.exists():
        return []
    rows: dict[str, int] = {}
    for file in Ledger(settings).file_results():
        if file["status"] == "loaded":
            rows[file["source"]] = rows.get(file["source"], 0) + file["delivered"]
    named = {source.name for source in settings.sources}
    return sorted(source for source, count in rows.items() if not count and source in named)


def sources_without_rows(settings: Settings, run_id: str) -> dict[str, str]:
    """The sources of which a run could keep nothing that was delivered, with counts in words.

    A file without rows is a delivery of none, as on a quiet day, and nothing that was not kept.
    """
    files: dict[str, list[dict[str, Any]]] = {}
    for file in Ledger(settings).file_results(run_id):
        files.setdefault(file["source"], []).append(file)
    found = {}
    for source, results in files.items():
        kept = sum(r["loaded"] + r["duplicate"] + r["restated"] for r in results)
        rejected = sum(1 for r in results if r["status"] == "rejected")
        quarantined = sum(r["quarantined"] for r in results)
        if not kept and (rejected or quarantined):
            counts = [_counted(len(results), "file")]
            if rejected:
                counts.append(f"{rejected:,} unreadable")
            counts.append(f"{_counted(quarantined, 'row')} in quarantine")
            found[source] = ", ".join(counts)
    return found


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
