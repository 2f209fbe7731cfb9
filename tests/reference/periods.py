"""Calendar periods of the reporting time zone, and the instants at which they begin."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class Calendar:
    def __init__(self, time_zone: str):
        self.zone = ZoneInfo(time_zone)
        self.is_utc = time_zone in ("UTC", "Etc/UTC")
        self.begins_at = cache(self._begins_at)

    def day(self, instant: datetime) -> date:
        """The local date of an instant (instants are UTC, without a zone)."""
        if self.is_utc:
            return instant.date()
        return instant.replace(tzinfo=UTC).astimezone(self.zone).date()

    def month(self, instant: datetime) -> date:
        return self.day(instant).replace(day=1)

    def period(self, grain: str, instant: datetime) -> date:
        """The first day of the period that an instant falls in."""
        day = self.day(instant)
        if grain == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if grain == "month" else day

    def _begins_at(self, day: date) -> datetime:
        """The UTC instant of local midnight."""
        midnight = datetime.combine(day, time(), tzinfo=self.zone)
        return midnight.astimezone(UTC).replace(tzinfo=None)


def later(grain: str, start: date, periods: int) -> date:
    """The first day of the period that is so many periods after the one that begins on start."""
    if grain == "month":
        months = start.year * 12 + start.month - 1 + periods
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=periods * (7 if grain == "week" else 1))


def distance(grain: str, start: date, end: date) -> int:
    """How many periods lie between the first days of two periods."""
    if grain == "month":
        return (end.year - start.year) * 12 + end.month - start.month
    return (end - start).days // (7 if grain == "week" else 1)
