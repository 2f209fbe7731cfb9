"""What became of deliveries and of loads, as plain values: what a load makes and the ledger keeps.

Nothing here knows a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from journey.ingest.withdrawals import Withdrawn


@dataclass(frozen=True)
class Joined:
    """A file of a table that a delivery was joined with; rows of it that could not be read were
    left out."""

    table: str
    file_name: str
    sha256: str
    rows: int
    unreadable: int


@dataclass(frozen=True)
class FileResult:
    """What became of one delivered file. `delivered` is the sum of the five outcomes after it."""

    source: str
    kind: str
    file_name: str
    sha256: str
    delivered_on: date | None
    status: str
    fingerprint: str
    reason: str | None = None
    records: int = 0
    delivered: int = 0
    loaded: int = 0
    duplicate: int = 0
    restated: int = 0
    quarantined: int = 0
    forgotten: int = 0  # of people who were forgotten: counted, and kept nowhere
    first_event_date: date | None = None
    last_event_date: date | None = None
    quarantine_reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    sequence: int = 1
    lineage_name: str = ""  # the file name that its rows bear; its own where none is given
    joined: Sequence[Joined] = ()

    @property
    def place(self) -> tuple[str, str, int]:
        """The delivery that this is the result of: source, path, which content of the path."""
        return self.source, self.file_name, self.sequence


@dataclass(frozen=True)
class Removed:
    """Rows that were taken out of one delivery, by the file name that its rows bear.

    `delivered` is how many the file itself held; None where it does not lie there any more.
    """

    source: str
    lineage_name: str
    raw: int
    quarantined: Mapping[str, int]
    delivered: int | None


@dataclass(frozen=True)
class PastDelivery:
    """What became of one delivery. `lineage_name` is the file name that its rows bear."""

    sha256: str
    kind: str
    status: str
    fingerprint: str
    lineage_name: str
    delivered_on: str | None
    replaced_by: int | None

    @property
    def is_current(self) -> bool:
        """Whether its rows are in the raw layer now."""
        return self.status == "loaded" and self.replaced_by is None

    def means_as(self, of_source: str) -> bool:
        """Whether its source is read as it was, whatever files it is joined with."""
        return self.fingerprint.startswith(of_source)


@dataclass(frozen=True)
class LoadRecord:
    """One committed load: what became of its files, what it put an end to, and facts.

    `retired` are deliveries whose rows are gone with it, `superseded` the files of earlier loads
    that it has written again without them. Loads by older versions wrote all files of the sources
    that they `replaces` again. `withdrawn` are the rows that nothing gives any more.
    """

    kind: str
    load_id: int
    run_id: str
    committed_at: str
    results: Sequence[FileResult]
    replaces: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    retired: Sequence[tuple[str, str, int]] = ()
    superseded: Sequence[str] = ()
    withdrawn: Sequence[Withdrawn] = ()
