"""Files that were rejected and that nothing has put right since.

A file counts while its path has nothing newer, and its content was loaded from nowhere else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from journey.core.settings import Settings
from journey.ingest.landing import find_deliveries
from journey.ingest.ledger import Ledger


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
    return [Rejected(*row) for row in Ledger(settings).rejected()]


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


def sources_without_rows(settings: Settings, run_id: str) -> dict[str, str]:
    """The sources that delivered in a run and of which no row was kept, with what was told."""
    files: dict[str, list[dict]] = {}
    for file in Ledger(settings).file_results(run_id):
        files.setdefault(file["source"], []).append(file)
    told = {}
    for source, results in files.items():
        kept = sum(r["loaded"] + r["duplicate"] + r["restated"] for r in results)
        refused = sum(1 for r in results if r["status"] == "refused")
        quarantined = sum(r["quarantined"] for r in results)
        if not kept:
            told[source] = (
                f"{len(results):,} files, {refused:,} rejected, {quarantined:,} rows in quarantine"
            )
    return told
