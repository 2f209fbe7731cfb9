"""What real deliveries do wrong: rows that come late, twice, corrected or broken.

Here: which rows, and on which day they are delivered; all counted for ground_truth.json. Not here:
how a broken row looks in its file's format (segment, sendgrid, shopify, csv_files).

Broken rows are always additional: quarantining them loses no sound row. A row that has a later
version is never late and never doubled, so that the order of deliveries stays clear.
"""

from dataclasses import dataclass, field

import numpy as np

from demo.draws import DAY, MINUTE, SECOND, Columns, concatenated, size_of, taken
from demo.window import Window

SOUND, BAD_JSON, BAD_TIME, NO_IDENTITY, FUTURE, NO_NAME, FIELD_COUNT, NO_KEY, BAD_AMOUNT = range(9)
FAULT_NAMES = (
    "sound", "bad_json", "bad_timestamp", "no_identifier", "in_the_future", "no_event_name",
    "wrong_field_count", "no_required_value", "bad_amount",
)  # fmt: skip
FUTURE_DAYS = 400
FEWEST_ROWS = 20  # a smaller feed has no broken rows


@dataclass
class Injected:
    """The defects of one delivery feed, counted in rows."""

    delivered: int = 0
    late: int = 0
    duplicates: int = 0
    restated: int = 0
    malformed: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict:
        """For ground_truth.json."""
        quarantined = sum(self.malformed.values())
        loaded = self.delivered - self.duplicates - self.restated - quarantined
        return {
            "delivered": self.delivered,
            "loaded": loaded,
            "duplicate": self.duplicates,
            "restated": self.restated,
            "quarantined": quarantined,
            "late": self.late,
            "malformed": self.malformed,
        }


def inject_defects(
    rng: np.random.Generator,
    rows: Columns,
    window: Window,
    faults: tuple[int, ...],
    late: float,
    duplicated: float,
    malformed: float,
) -> tuple[Columns, Injected]:
    """The rows with `delivered` (day number) moved, doubled and broken ones added.

    `rows` has id, at, `delivered`, `version` (0 first, 1 restated) and `has_versions` (another
    row of the same key accompanies it).
    """
    count, first_instant, last_day = size_of(rows), window.start, window.days - 1
    rows = dict(rows)
    rows["fault"] = np.zeros(count, dtype=np.int8)
    single = ~rows["has_versions"]
    planted = Injected(restated=int((rows["version"] > 0).sum()))

    lag = rng.integers(1, 4, count).astype(np.int32)
    is_late = single & (rng.random(count) < late) & (rows["delivered"] + lag <= last_day)
    rows["delivered"] = np.where(is_late, rows["delivered"] + lag, rows["delivered"])
    rows["is_late"] = is_late
    # Known before rows are doubled: the second delivery of a row is the same to the last field.
    arrival = first_instant + rows["delivered"].astype(np.int64) * DAY + 90 * MINUTE
    rows["received"] = np.where(is_late, arrival, rows["at"]) + SECOND + rows["id"] % 1_900
    planted.late = int(is_late.sum())

    twice = taken(rows, single & (rng.random(count) < duplicated))
    again = twice["delivered"] + rng.integers(0, 3, size_of(twice)).astype(np.int32)
    twice["delivered"] = np.minimum(again, last_day).astype(np.int32)
    planted.duplicates = size_of(twice)

    broken, planted.malformed = broken_rows(rng, rows, faults, malformed)
    complete = concatenated([rows, twice, broken])
    planted.delivered = size_of(complete)
    return complete, planted


def broken_rows(
    rng: np.random.Generator, rows: Columns, faults: tuple[int, ...], share: float
) -> tuple[Columns, dict[str, int]]:
    """Copies of sound rows with a fault each; `id` is replaced, so that no key is met twice."""
    count = size_of(rows)
    each = max(1, round(count * share / len(faults))) if count >= FEWEST_ROWS else 0
    single = np.flatnonzero(~rows["has_versions"] & ~rows["is_late"])
    if not len(single):
        each = 0
    broken = taken(rows, single[rng.integers(0, max(1, len(single)), each * len(faults))])
    broken["fault"] = np.repeat(np.array(faults, dtype=np.int8), each)
    ahead = np.where(broken["fault"] == FUTURE, FUTURE_DAYS * DAY, 0)
    broken["at"] = broken["at"] + ahead
    broken["id"] = -1 - np.arange(size_of(broken), dtype=np.int64)
    return broken, {FAULT_NAMES[fault]: each for fault in faults}


def delivered_at_once(rows: Columns, window: Window, numbers: np.ndarray | None = None) -> Columns:
    """Rows with a number each, delivered on the day they happen, in one version."""
    count = size_of(rows)
    return {
        **rows,
        "id": np.arange(count, dtype=np.int64) if numbers is None else numbers,
        "delivered": window.day_of(rows["at"]),
        "version": np.zeros(count, dtype=np.int8),
        "has_versions": np.zeros(count, dtype=bool),
    }


def with_later_versions(
    rows: Columns, window: Window, is_changed: np.ndarray, changed_on: np.ndarray
) -> Columns:
    """The rows and, for those changed on a later day of the window, their second version."""
    later = is_changed & (changed_on > rows["delivered"]) & (changed_on < window.days)
    rows = {**rows, "has_versions": rows["has_versions"] | later}
    second = taken(rows, later)
    second["version"] = np.ones(size_of(second), dtype=np.int8)
    second["delivered"] = changed_on[later].astype(np.int32)
    return concatenated([rows, second])
