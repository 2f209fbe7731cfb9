"""The days that the demo covers, and at what times of week and day people are awake.

Here: the calendar. Not here: what people do in it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from demo.draws import DAY, HOUR, bounds_of

HOURS = (
    1.0, 0.5, 0.3, 0.2, 0.2, 0.4, 1.0, 2.0, 3.2, 4.0, 4.6, 5.2,
    6.2, 5.6, 4.8, 4.6, 4.8, 5.2, 6.0, 7.4, 8.2, 7.6, 5.0, 2.6,
)  # fmt: skip
WEEKDAYS = (0.95, 0.90, 0.92, 0.98, 1.00, 1.18, 1.30)  # Monday first
FULL_DAYS = 120  # delays are drawn for a window of this length and shrink with a shorter one


@dataclass(frozen=True)
class Window:
    """Half-open: from 00:00 UTC of the first day to 00:00 UTC of the day after the last."""

    first: date
    days: int

    @classmethod
    def ending(cls, last: date, days: int) -> "Window":
        """The window whose last day is given."""
        return cls(first=last - timedelta(days=days - 1), days=days)

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def start(self) -> int:
        """First instant, in epoch milliseconds."""
        return int(datetime.combine(self.first, datetime.min.time(), UTC).timestamp()) * 1_000

    @property
    def end(self) -> int:
        """The instant after the last, in epoch milliseconds: the demo's as_of."""
        return self.start + self.days * DAY

    @property
    def scale(self) -> float:
        """What delays shrink to in a short window."""
        return min(1.0, self.days / FULL_DAYS)

    def date_of(self, day: int) -> date:
        """The date of a day number, counted from 0."""
        return self.first + timedelta(days=int(day))

    def day_of(self, instants: np.ndarray) -> np.ndarray:
        """The day numbers of instants."""
        return ((instants - self.start) // DAY).astype(np.int32)

    def contains(self, instants: np.ndarray) -> np.ndarray:
        """Whether instants are inside."""
        return (instants >= self.start) & (instants < self.end)

    def weekday_weights(self) -> np.ndarray:
        """One weight a day of the window."""
        return np.asarray(WEEKDAYS)[(np.arange(self.days) + self.first.weekday()) % 7]

    def within(self, rng: np.random.Generator, since: np.ndarray, later: np.ndarray) -> np.ndarray:
        """`later`, or where that is beyond the window a moment between `since` and its end.

        What is sure to follow then follows before as_of, and its probability stays exact.
        """
        squeezed = since + ((self.end - since) * rng.uniform(0.1, 0.9, len(since))).astype(np.int64)
        return np.where(later < self.end, later, squeezed)


def time_of_day(rng: np.random.Generator, count: int) -> np.ndarray:
    """Milliseconds since midnight: quiet nights, a lunch peak and a long evening."""
    hours = np.searchsorted(bounds_of(HOURS), rng.random(count), side="right")
    return hours.astype(np.int64) * HOUR + rng.integers(0, HOUR, count)
