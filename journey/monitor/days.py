"""Whether each day is like the days before it, and whether a source has fallen silent.

A run's figures (`ranges`) are of weeks of people and move slowly; what a broken export does to one
day is seen here. What is measured is `daily/*.sql` beside this module, each giving figure, unit
('rate', 'amount' or 'count'), day, value and size (of what many orders, visits or rows it is), and
a part of the day where there are some. A version holds all its days, so no history is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

import duckdb

from journey.core.settings import Settings
from journey.monitor.database import HERE, ask, opened
from journey.monitor.notify import Alert
from journey.publish import Version

DAILY = HERE / "daily"
# What is said of a day that came with this run, or with one of those that died before it.
REPORTED_DAYS = 7
# The longest that a figure can be out of its range before what is new is what is usual, and twice
# the eight weeks that say so.
MEASURED_DAYS = 2 * 56 + 60
MIN_ORDERS = 5  # fewer say nothing, even where all of them are worth nothing
# With the settings as shipped; measured in tests/monitor/test_expected_days.py.
STANDARD_ERRORS = 4.5
TABLE = "figure varchar, part integer, unit varchar, day date, value double, size bigint"


@dataclass(frozen=True)
class UnusualDays:
    """A figure that is out of its range since a day; and of the newest day, what it should be."""

    figure: str
    unit: str
    since: date
    day: date
    days: int
    parts: int
    part: int
    value: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """In the words of `moved`, with the day."""
        value, low, high = (_shown(number, self.unit) for number in self._numbers)
        hour = f" at {self.part:02} h" if self.part >= 0 else ""
        more = f", and so are {self.parts - 1} more hours" if self.parts > 1 else ""
        since = f"; it is unusual since {self.since}" if self.since < self.day else ""
        return (
            f"{self.figure}{hour} was {value} on {self.day:%A} {self.day}, usually {low} to "
            f"{high}{more}{since}"
        )

    @property
    def _numbers(self) -> tuple[float, float, float]:
        return self.value, self.low, self.high


@dataclass(frozen=True)
class Silent:
    """A source of which nothing has come for longer than it ever took in these weeks."""

    source: str
    last_day: date
    silence: int
    longest_silence: int


def unusual_days(settings: Settings, version: Version) -> list[UnusualDays]:
    """The figures of the newest days that are out of their range, by the version's own days."""
    with opened(settings, version) as connection:
        _set_variables(connection, settings, version)
        connection.execute(f"create temp table days ({TABLE})")
        for file in sorted(DAILY.glob("*.sql")):
            connection.execute(f"insert into days by name\n{file.read_text(encoding='utf-8')}")
        return judged_days(connection)


def judged_days(connection: duckdb.DuckDBPyConnection) -> list[UnusualDays]:
    """Of the table `days`; the variables are set."""
    return [UnusualDays(*row) for row in ask(connection, HERE / "expected_days.sql")]


def silent_sources(settings: Settings, version: Version) -> list[Silent]:
    with opened(settings, version) as connection:
        _set_variables(connection, settings, version)
        return [Silent(*row) for row in ask(connection, HERE / "silent_sources.sql")]


def alerts_of_days(
    version: Version, unusual: Sequence[UnusualDays], silent: Sequence[Silent]
) -> list[Alert]:
    """One alert for each figure, the same until it was usual again, and for each silent source."""
    return [
        Alert(
            f"day/{found.figure}/{found.since}",
            f"Version {version.name} is published, and {found.sentence}. See to the export of that "
            "day; where it is right, there is nothing to do.",
        )
        for found in unusual
    ] + [
        Alert(
            f"silent/{found.source}/{found.last_day}",
            f"Nothing of source '{found.source}' is newer than {found.last_day}: it is silent for "
            f"{found.silence} days, and was never for more than {found.longest_silence} before. "
            "See to its export.",
        )
        for found in silent
    ]


def _set_variables(
    connection: duckdb.DuckDBPyConnection, settings: Settings, version: Version
) -> None:
    as_of = version.as_of.astimezone(UTC).replace(tzinfo=None)
    for name, value in {
        "as_of": as_of,
        "first_day": as_of - timedelta(days=MEASURED_DAYS),
        "time_zone": settings.reporting_time_zone,
        "reported_days": REPORTED_DAYS,
        "min_history": settings.alert_min_history,
        "mad_threshold": settings.alert_mad_threshold,
        "min_sample": settings.alert_min_sample,
        "min_orders": MIN_ORDERS,
        "standard_errors": STANDARD_ERRORS,
    }.items():
        connection.execute(f"set variable {name} = $value", {"value": value})


def _shown(number: float, unit: str) -> str:
    return {"rate": f"{number:.1%}", "amount": f"{number:,.2f}"}.get(unit, f"{number:,.0f}")
