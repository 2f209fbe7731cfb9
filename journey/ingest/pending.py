"""A load between its writing and its keeping, so that a gate can judge it first.

Everything a load changes lies under `raw/.pending/<kind>` until `commit`, which renames files into
place and then tells the ledger, in one transaction. What no committed load owns is swept, so a
death at any point leaves the warehouse as it was.
"""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from journey.core import failpoints
from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.ingest import raw_layer
from journey.ingest.ledger import FileResult, Ledger

COUNTS = ("delivered", "loaded", "duplicate", "restated", "quarantined")


@dataclass
class PendingLoad:
    """What one run found new of one kind. A context manager: left undecided, it is discarded."""

    settings: Settings
    kind: str
    run_id: str
    load_id: int
    results: list[FileResult] = field(default_factory=list)
    revived: int = 0
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
        return sum(r.loaded + r.restated for r in self.results) + self.revived

    @property
    def refused(self) -> list[FileResult]:
        """The files that could not be taken, each with its sentence."""
        return [result for result in self.results if result.status == "refused"]

    @property
    def latest_event_date(self) -> date | None:
        dates = [r.last_event_date for r in self.results if r.last_event_date]
        return max(dates, default=None)

    def counts(self) -> dict[str, int]:
        """Numbers of this load: files, rows by outcome, and quarantined rows by reason."""
        counts = {"files": len(self.results), "refused_files": len(self.refused)}
        for outcome in COUNTS:
            counts[outcome] = sum(getattr(result, outcome) for result in self.results)
        for result in self.results:
            for reason, rows in result.quarantine_reasons.items():
                code = f"quarantined_{reason}"
                counts[code] = counts.get(code, 0) + rows
        return counts

    def commit(self) -> None:
        """Keep the load: files first, the ledger last."""
        self._close()
        moves = list(self._moves())
        with ThreadPoolExecutor() as pool:
            list(pool.map(_flush, (source for source, _ in moves)))
        for number, (source, target) in enumerate(moves):
            if number == len(moves) // 2:
                failpoints.point("ingest.mid_rename")
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        with ThreadPoolExecutor() as pool:
            list(pool.map(_flush, {target.parent for _, target in moves}))
        failpoints.point("ingest.before_ledger")
        if self.results:
            Ledger(self.settings).commit_load(self.kind, self.load_id, self.run_id, self.results)
        failpoints.point("ingest.after_ledger")
        self._clear()

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


def _flush(path: Path) -> None:
    """Have the file's bytes, or the folder's names, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
