"""Every day that a version describes."""

from datetime import timedelta

from .people import Person
from .periods import DAY, Calendar
from .run import Run

MICROSECOND = timedelta(microseconds=1)


def days(people: list[Person], run: Run) -> dict[tuple, dict]:
    """Keys: calendar_date. From the first touch of anybody to the last instant before as_of."""
    calendar = Calendar(run.reporting_time_zone)
    table = {}
    if people:
        day = calendar.day(min(person.first_touch_at for person in people))
        while day <= calendar.day(run.as_of - MICROSECOND):
            table[(day,)] = {
                "week_start": day - day.weekday() * DAY,
                "month_start": day.replace(day=1),
            }
            day += DAY
    return table
