"""Generated worlds delivered over several runs: what each of them brings, restates and takes away.

Worlds share no identifier, so that each is a history of its own and hundreds go through one build.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from tests.reference.rows import KINDS, Row
from tests.reference.warehouse import write_partition

LATE, EARLY, IDLE, WITHDRAWN = 0.2, 0.05, 0.35, 0.03


@dataclass
class Raw:
    """The raw layer of a warehouse that is loaded by hand, file by file."""

    data_dir: Path
    files: dict[Path, list[Row]] = field(default_factory=dict)
    written: int = 0

    def __post_init__(self) -> None:
        for kind in KINDS:
            write_partition(self.data_dir, kind, date(1970, 1, 1), "contract", [])

    def add(self, rows: Sequence[Row]) -> None:
        """A load: one file for each kind and day."""
        self.written += 1
        parts: dict[tuple[str, date], list[Row]] = defaultdict(list)
        for row in rows:
            instant = row.instant
            day = instant.date() if isinstance(instant, datetime) else instant
            parts[row.kind, day].append(row)
        for (kind, day), theirs in parts.items():
            name = f"site-{self.written}-0_0"
            write_partition(self.data_dir, kind, day, name, theirs)
            folder = self.data_dir / "raw" / kind / f"event_date={day}"
            self.files[folder / f"{name}.parquet"] = theirs

    def withdraw(self, drawn: random.Random) -> None:
        """A few files go, as what their paths hold is other now: most of their rows come again."""
        stayed = []
        for path in [path for path in self.files if drawn.random() < WITHDRAWN]:
            stayed += [row for row in self.files.pop(path) if drawn.random() < 0.7]
            place = path.relative_to(self.data_dir / "raw")
            aside = self.data_dir / "raw" / ".superseded" / place
            aside.parent.mkdir(parents=True, exist_ok=True)
            path.replace(aside)
        self.add(stayed)


def scheduled(
    worlds: Sequence[Sequence[Row]], as_ofs: Sequence[datetime], seed: int
) -> list[list[Row]]:
    """The rows of each run: most when they are seen, some late, some early, not of all worlds."""
    drawn = random.Random(seed)
    runs: list[list[Row]] = [[] for _ in as_ofs]
    for rows in worlds:
        active = [n for n in range(len(as_ofs)) if n == 0 or drawn.random() > IDLE]
        for row in rows:
            runs[_run_of(row, as_ofs, active, drawn)].append(copy(row))
    return list(_flagged(runs))


def _run_of(
    row: Row, as_ofs: Sequence[datetime], active: Sequence[int], drawn: random.Random
) -> int:
    seen = [n for n in active if as_ofs[n] > row.instant] or [active[-1]]
    place = drawn.random()
    if place < EARLY:
        return active[0]
    return drawn.choice(seen) if place < EARLY + LATE else seen[0]


def _flagged(runs: Sequence[list[Row]]) -> Iterator[list[Row]]:
    """Every version of a key but the first that comes is a restatement, as ingest has it."""
    known: set[tuple] = set()
    for rows in runs:
        for row in rows:
            key = (row.kind, row.source, row.key)
            row.is_restatement = key in known
            known.add(key)
        yield rows
