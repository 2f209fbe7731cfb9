"""Who came back: cohorts by first order and first touch, in calendar and rolling periods."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from .people import Person
from .periods import Calendar, distance, later
from .run import Run
from .seeds import CohortGrid, Seeds

LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


@dataclass(slots=True)
class Member:
    """One person of a cohort and what was done in each period (by period_number, from 0)."""

    began_at: datetime
    segments: list[tuple[str, str]]
    done: dict[int, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    last_period: int = -1

    def did(self, number: int, revenue: Decimal) -> None:
        self.done[number].append(revenue)
        self.last_period = max(self.last_period, number)


def cohort_retention(people: list[Person], run: Run, seeds: Seeds) -> dict[tuple, dict]:
    """Keys: cohort_basis, activity, grain, window, segment_type, segment, cohort_start,
    period_number."""
    calendar = Calendar(run.reporting_time_zone)
    table: dict[tuple, dict] = {}
    segments = segments_of_people(people, seeds)
    for basis, began_at in BASES.items():
        based = [person for person in people if began_at(person) is not None]
        for grain, grid in seeds.grids.items():
            for window in ("calendar", "rolling"):
                for activity, done in ACTIVITIES.items():
                    cohorts: dict[date, list[Member]] = defaultdict(list)
                    for person in based:
                        t0 = began_at(person)
                        start = calendar.period(grain, t0)
                        if not is_recent(start, grid, run, calendar):
                            continue
                        own = segments[person.person_id]
                        member = Member(t0, [(kind, own[kind]) for kind in grid.segment_types])
                        for instant, revenue in done(person):
                            number = period_number(instant, t0, start, grain, window, calendar)
                            if number >= 0:
                                member.did(number, revenue)
                        cohorts[start].append(member)
                    for start, members in cohorts.items():
                        for segment in {each for member in members for each in member.segments}:
                            own = [member for member in members if segment in member.segments]
                            cells = cohort_cells(
                                own, start, activity, grain, window, grid, run.as_of, calendar
                            )
                            is_retrospective = seeds.segment_types[segment[0]].is_retrospective
                            for number, cell in enumerate(cells):
                                cell["is_retrospective"] = is_retrospective
                                key = (basis, activity, grain, window, *segment, start, number)
                                table[key] = cell
    return table


def first_order_at(person: Person) -> datetime | None:
    return None if person.first_order is None else person.first_order.ordered_at


def first_touch_at(person: Person) -> datetime | None:
    return person.first_touch_at


def ordered(person: Person) -> list[tuple[datetime, Decimal]]:
    return [(order.ordered_at, order.net_revenue or Decimal(0)) for order in person.orders]


def active(person: Person) -> list[tuple[datetime, Decimal]]:
    web = [
        (touchpoint.occurred_at, Decimal(0))
        for visit in person.visits
        for touchpoint in visit.touchpoints
        if touchpoint.is_web
    ]
    return [*web, *ordered(person)]


BASES: dict[str, Callable] = {"first_order": first_order_at, "first_touch": first_touch_at}
ACTIVITIES: dict[str, Callable] = {"order": ordered, "active": active}


def is_recent(start: date, grid: CohortGrid, run: Run, calendar: Calendar) -> bool:
    """A grid keeps the cohorts of its last days: those that began in them, as_of's own included."""
    if grid.cohort_days is None:
        return True
    last_day = calendar.day(run.as_of - timedelta(microseconds=1))
    return start > last_day - timedelta(days=grid.cohort_days)


def segments_of_people(people: list[Person], seeds: Seeds) -> dict[str, dict[str, str]]:
    """All people's segment of each type."""
    segments: dict[str, dict[str, str]] = {person.person_id: {} for person in people}
    for kind, of_type in seeds.segment_types.items():
        values = {person.person_id: value_of(person, of_type.attribute) for person in people}
        kept = kept_values(list(values.values()), of_type.max_segments)
        for person_id, value in values.items():
            segments[person_id][kind] = value if value in kept else "other"
    return segments


def value_of(person: Person, attribute: str) -> str:
    if attribute == "everyone":
        return "all"
    value = getattr(person, attribute)
    return "(none)" if value is None else str(value)


def kept_values(values: list[str], count: int) -> set[str]:
    counts: dict[str, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return set(sorted(counts, key=lambda value: (-counts[value], value))[:count])


def period_number(
    instant: datetime, t0: datetime, start: date, grain: str, window: str, calendar: Calendar
) -> int:
    """Negative for what came before the cohort event (its period, on the calendar)."""
    if window == "rolling":
        return (instant - t0) // LENGTHS[grain]
    return distance(grain, start, calendar.period(grain, instant))


def cohort_cells(
    members: list[Member],
    start: date,
    activity: str,
    grain: str,
    window: str,
    grid: CohortGrid,
    as_of: datetime,
    calendar: Calendar,
) -> list[dict]:
    """The cells of one cohort, from period 0 to the last one begun before as_of."""
    earliest = min(member.began_at for member in members)
    latest = max(member.began_at for member in members)
    size = len(members)
    cells: list[dict] = []
    cumulative = Decimal(0)
    number = 0
    while grid.max_period is None or number <= grid.max_period:
        if window == "calendar":
            begins_at = calendar.begins_at(later(grain, start, number))
            is_complete = calendar.begins_at(later(grain, start, number + 1)) <= as_of
        else:
            begins_at = earliest + number * LENGTHS[grain]
            is_complete = latest + (number + 1) * LENGTHS[grain] <= as_of
        if begins_at >= as_of:
            break
        active_people = sum(number in member.done for member in members)
        returning = sum(member.last_period >= number for member in members)
        cell = {
            "cohort_size": size,
            "active_people": active_people,
            "returning_unbounded": returning,
            "retention_rate": active_people / size if is_complete else None,
            "unbounded_retention_rate": returning / size if is_complete else None,
            "orders": None,
            "net_revenue": None,
            "cumulative_net_revenue": None,
            "cumulative_net_revenue_per_person": None,
            "is_complete": is_complete,
            "is_small": size < 30,
        }
        if activity == "order":
            done = [amount for member in members for amount in member.done.get(number, [])]
            revenue = sum(done, Decimal(0))
            cumulative += revenue
            cell |= {
                "orders": len(done),
                "net_revenue": revenue,
                "cumulative_net_revenue": cumulative,
                "cumulative_net_revenue_per_person": float(cumulative) / size,
            }
        cells.append(cell)
        number += 1
    return cells


def cohort_retention_overall(retention: dict[tuple, dict]) -> dict[tuple, dict]:
    """Keys: cohort_basis, activity, grain, window, segment_type, segment, period_number."""
    complete: dict[tuple, list[dict]] = defaultdict(list)
    for (*segment, _, number), cell in retention.items():
        if cell["is_complete"]:
            complete[*segment, number].append(cell)
    overall = {}
    for key, cells in complete.items():
        size = sum(cell["cohort_size"] for cell in cells)
        active_people = sum(cell["active_people"] for cell in cells)
        returning = sum(cell["returning_unbounded"] for cell in cells)
        overall[key] = {
            "cohorts": len(cells),
            "cohort_size": size,
            "active_people": active_people,
            "returning_unbounded": returning,
            "retention_rate": active_people / size,
            "unbounded_retention_rate": returning / size,
        }
    return overall
