"""How many people are new, come back, return after a pause or stay away, period by period."""

from collections import Counter
from datetime import timedelta

from .people import Person
from .periods import Calendar, later
from .run import Run

GRAINS = ("day", "week", "month")
MICROSECOND = timedelta(microseconds=1)


def lifecycle(people: list[Person], run: Run) -> dict[tuple, dict]:
    """Keys: grain, period_start, state. Every period from the first touch of all to as_of's,
    with all four states."""
    if not people:
        return {}
    calendar = Calendar(run.reporting_time_zone)
    table = {}
    for grain in GRAINS:
        first = calendar.period(grain, min(person.first_touch_at for person in people))
        last = calendar.period(grain, run.as_of - MICROSECOND)
        people_in: Counter = Counter()
        for person in people:
            active = {
                calendar.period(grain, touchpoint.occurred_at)
                for visit in person.visits
                for touchpoint in visit.touchpoints
            }
            began = calendar.period(grain, person.first_touch_at)
            for period in active:
                if period == began:
                    people_in[period, "new"] += 1
                elif later(grain, period, -1) in active:
                    people_in[period, "returning"] += 1
                else:
                    people_in[period, "resurrected"] += 1
                if later(grain, period, 1) not in active:
                    people_in[later(grain, period, 1), "dormant"] -= 1
        period = first
        while period <= last:
            for state in ("new", "returning", "resurrected", "dormant"):
                table[grain, period, state] = {"people": people_in[period, state]}
            period = later(grain, period, 1)
    return table
