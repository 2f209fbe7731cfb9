"""A load between its writing and its keeping, so that a gate can judge it first.

Everything a load changes lies under `raw/.pending/<kind>` until `commit`, which renames files into
place, then the load's record, and then writes to the ledger, in one transaction. A load without its
record is swept and one with it is given to the ledger, so a death at any point leaves the warehouse
as it was, or as it was to become.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from journey.core import durable, failpoints
from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.ingest import email_key, load_records, raw_layer
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import FileResult, LoadRecord
from journey.ingest.planning.landing import Superseded
from journey.ingest.withdrawals import Withdrawn

COUNTS = ("delivered", "loaded", "duplicate", "restated", "quarantined", "forgotten")


@dataclass(frozen=True)
class Mark:
    """A point of a load before one of its sources was begun."""

    results: int
    reinstated: int
    carried: int
    relaid: int
    retired: int
    superseded: int
    files: set[Path]


@dataclass
class PendingLoad:
    """What one run found new of one kind. A context manager: left undecided, it is discarded."""

    settings: Settings
    kind: str
    run_id: str
    load_id: int
    results: list[FileResult] = field(default_factory=list)
    reinstated: int = 0
    # Where kept rows go: deliveries that are none any more, files that are written again without
    # their rows, how many other rows of those files are carried over, how many rows are kept beside
    # those that count as loaded or restated, and what nothing gives any more.
    retired: list[Superseded] = field(default_factory=list)
    superseded: list[Path] = field(default_factory=list)
    carried: int = 0
    relaid: int = 0
    withdrawn: list[Withdrawn] = field(default_factory=list)
    # Files that could not be read again and stay as they were.
    unchanged: list[FileResult] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    _is_open: bool = True

    @property
    def folder(self) -> Path:
        return raw_layer.pending_dir(self.settings, self.kind)

    @property
    def rows_dir(self) -> Path:
        return self.folder / "rows"

    @property
    def files(self) -> list[Path]:
        """The Parquet files that hold the rows to be kept, for a gate to judge; none without."""
        return sorted(self.rows_dir.glob("event_date=*/*.parquet"))

    @property
    def row_count(self) -> int:
        """How many rows would be kept."""
        accounted = sum(r.loaded + r.restated for r in self.results)
        return accounted + self.relaid + self.reinstated + self.carried

    @property
    def rejected(self) -> list[FileResult]:
        """The files that could not be taken, or not be read again, each with its sentence."""
        return [result for result in (*self.results, *self.unchanged) if result.reason]

    @property
    def latest_event_date(self) -> date | None:
        dates = [r.last_event_date for r in self.results if r.last_event_date]
        return max(dates, default=None)

    def counts(self) -> dict[str, int]:
        """Numbers of this load: files, rows by outcome, and quarantined rows by reason."""
        counts = {"files": len(self.results), "rejected_files": len(self.rejected)}
        counts |= {"reinstated": self.reinstated} if self.reinstated else {}
        counts |= {"withdrawn": sum(gone.rows for gone in self.withdrawn)} if self.withdrawn else {}
        for outcome in COUNTS:
            counts[outcome] = sum(getattr(result, outcome) for result in self.results)
        if not counts["forgotten"]:  # of most warehouses, no person is
            del counts["forgotten"]
        for result in self.results:
            for reason, rows in result.quarantine_reasons.items():
                code = f"quarantined_{reason}"
                counts[code] = counts.get(code, 0) + rows
        return counts

    def commit(self) -> None:
        """Keep the load: files first, the ledger last."""
        self._close()
        moves = list(self._moves())
        if moves:
            Ledger(self.settings).begin_load(self.kind, self.load_id)
        with ThreadPoolExecutor() as pool:
            list(pool.map(durable.flush, (source for source, _ in moves)))
        for number, (source, target) in enumerate(moves):
            if number == len(moves) // 2:
                failpoints.point("ingest.mid_rename")
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        with ThreadPoolExecutor() as pool:
            folders = {target.parent for _, target in moves}
            list(pool.map(durable.flush, folders | {folder.parent for folder in folders}))
        if self.results or self.unchanged or self.superseded or self.retired:
            self._record()
        failpoints.point("ingest.after_ledger")
        self._clear()

    def _record(self) -> None:
        """First the record, which makes the load whole; then the ledger; then what it replaced."""
        ledger = Ledger(self.settings)
        superseded = [raw_layer.below(self.settings, path) for path in self.superseded]
        files = raw_layer.live_files(
            self.settings, ledger, self.kind, load_id=self.load_id, superseded=superseded
        )
        facts = self.facts | {raw_layer.FILES_FACT.format(kind=self.kind): str(len(files))}
        record = LoadRecord(
            self.kind,
            self.load_id,
            self.run_id,
            datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
            [*self.results, *self.unchanged],
            facts=facts,
            retired=[delivery.place for delivery in self.retired],
            superseded=superseded,
            withdrawn=self.withdrawn,
        )
        if email_key.FACT in facts:
            email_key.keep_beside_raw(self.settings, facts[email_key.FACT])
        place = load_records.path_of(self.settings, self.kind, self.load_id)
        raw_layer.private_dir(place.parent)
        written = load_records.write(record, self.folder / "record.json")
        durable.flush(written)
        failpoints.point("ingest.before_record")
        durable.replace(written, place)
        failpoints.point("ingest.before_ledger")
        ledger.commit(record)
        if self.superseded:
            failpoints.point("ingest.before_removal")
            raw_layer.remove_dead(self.settings, ledger, self.kind)

    def mark(self) -> "Mark":
        """How far this load is, to go back to."""
        return Mark(
            len(self.results),
            self.reinstated,
            self.carried,
            self.relaid,
            len(self.retired),
            len(self.superseded),
            set(self._files()),
        )

    def undo(self, mark: "Mark", source: str) -> None:
        """Take back what was written of a source since `mark`."""
        del self.results[mark.results :]
        del self.retired[mark.retired :]
        del self.superseded[mark.superseded :]
        self.reinstated, self.carried = mark.reinstated, mark.carried
        self.relaid = mark.relaid
        for path in raw_layer.files_of_source(sorted(set(self._files()) - mark.files), source):
            path.unlink()

    def discard(self) -> None:
        """Leave everything as it was; the files stay new."""
        self._close()
        self._clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_open:
            self.discard()

    def _files(self) -> Iterator[Path]:
        return self.folder.rglob("*.parquet")

    def _moves(self) -> Iterator[tuple[Path, Path]]:
        for path in self.files:
            folder = self.settings.raw_dir / self.kind / path.parent.name
            yield path, folder / path.name
        places = {
            "quarantine": raw_layer.quarantine_dir(self.settings, self.kind),
            "redelivered": raw_layer.redelivered_dir(self.settings, self.kind),
        }
        for part, folder in places.items():
            for path in sorted((self.folder / part).glob("*.parquet")):
                yield path, raw_layer.private_dir(folder) / path.name

    def _close(self) -> None:
        if not self._is_open:
            raise EngineError(f"raw/{self.kind}: this load was committed or discarded before")
        self._is_open = False

    def _clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
