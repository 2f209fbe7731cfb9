"""What a check found of one source, as plain values. Nothing here knows a database."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why rows would go to quarantine. `row` is the first of them; `value` what is wrong there."""

    code: str
    rows: int
    row: int
    sentence: str
    value: str | None


@dataclass(frozen=True)
class Column:
    """How one column of the contract was understood.

    `origin` is the expression or the file's column, and `read_as` the type of its values; None
    where the tool's format makes them. `given` is how many rows have one.
    """

    name: str
    type: str
    origin: str | None
    read_as: str | None
    given: int


@dataclass(frozen=True)
class Times:
    """In how many values of a column a zone stands, and in how many not; `dates` have no time.

    Where a tool's format reads them, it knows which zone they are of: then there are none of these.
    """

    column: str
    with_zone: int = 0
    without_zone: int = 0
    dates: int = 0


@dataclass(frozen=True)
class Names:
    """Values of a column that no rule knows, by how often they come; `others` are not named.

    Those that are kept are a tool's own; the others go to quarantine.
    """

    column: str
    names: Sequence[tuple[str, int]]
    others: int = 0
    are_kept: bool = False


@dataclass(frozen=True)
class Identifiers:
    """What is odd about the identifiers of a column.

    `fillers` are rows whose word stands for no identifier. `alike` are the shapes that other tools
    give their ids, and how many values have one; `words` are values that may stand for no one.
    `most_frequent` is the share of rows that have the most frequent value.
    """

    column: str
    values: int
    fillers: int
    alike: Sequence[tuple[str, int]] = ()
    words: Sequence[tuple[str, int]] = ()
    most_frequent: float = 0


@dataclass(frozen=True)
class People:
    """The people of the kept rows; those that are put together of two identifiers or more, and
    those that another source of the same check knows too (None where there is none)."""

    people: int
    stitched: int
    elsewhere: int | None


@dataclass(frozen=True)
class Found:
    """What would become of the newest file of a source; of its first rows, if `is_part`.

    Without a file there is none of the rest; a `rejected` file has a sentence and no rows.
    """

    source: str
    kind: str
    format: str
    path: str
    file: str | None = None
    is_part: bool = False
    rejected: str | None = None
    records: int = 0
    delivered: int = 0
    kept: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: Sequence[Reason] = ()
    columns: Sequence[Column] = ()
    unread: Sequence[str] = ()
    unread_others: int = 0
    times: Sequence[Times] = ()
    date_zone: str | None = None
    names: Sequence[Names] = ()
    identifiers: Sequence[Identifiers] = ()
    people: People | None = None
    notes: Sequence[str] = ()

    @property
    def is_lossy(self) -> bool:
        """Whether a run would not keep all that the file holds."""
        return bool(self.rejected or self.quarantined)
