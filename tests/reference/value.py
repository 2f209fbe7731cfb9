"""What is expected of buyers, one purchase after another, and how likely their histories were.

The fitted parameters are given, as the warehouse has them: two searches never stop at the same
digit. That they are where the likelihood is largest is shown on the likelihood written down here.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .orders import rounded
from .people import Person
from .periods import Calendar
from .run import Run

WEEK = 7
NOTHING = 1e-17  # of what is expected: beyond the mean, where a term is less, so are the others


@dataclass(frozen=True, slots=True)
class Fits:
    """Parameters by span; None where there is no fit."""

    rates: dict[str, tuple[float, float, float, float] | None]  # r, alpha, a, b
    worth: tuple[float, float, float] | None  # p, q, v


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a buyer at the end of a day."""

    repeats: int
    last: int  # days from the first purchase to the last
    observed: int  # days from the first purchase to the end
    values: tuple[Decimal, ...]  # of the repeats that were worth anything
    later: int  # purchases after the end


def purchase_days(person: Person, calendar: Calendar) -> dict[date, Decimal]:
    days: dict[date, Decimal] = {}
    for order in person.orders:
        day = calendar.day(order.ordered_at)
        days[day] = days.get(day, Decimal(0)) + (order.net_revenue or Decimal(0))
    return dict(sorted(days.items()))


def spans(people: list[Person], run: Run) -> dict[str, date]:
    """The last day of each span: of all that is known, and of its first half."""
    calendar = Calendar(run.reporting_time_zone)
    days = [day for person in people for day in purchase_days(person, calendar)]
    if not days:
        return {}
    last = calendar.day(run.as_of - timedelta(microseconds=1))
    middle = min(days) + timedelta(days=(last - min(days)).days // 2)
    return {"whole": last, "first_half": middle} if middle < last else {"whole": last}


def histories(people: list[Person], run: Run, last_day: date) -> dict[str, History]:
    """Of all people who had bought by then."""
    calendar = Calendar(run.reporting_time_zone)
    found = {}
    for person in people:
        days = purchase_days(person, calendar)
        seen = [day for day in days if day <= last_day]
        if seen:
            found[person.person_id] = History(
                repeats=len(seen) - 1,
                last=(seen[-1] - seen[0]).days,
                observed=(last_day - seen[0]).days,
                values=tuple(days[day] for day in seen[1:] if days[day] > 0),
                later=len(days) - len(seen),
            )
    return found


def expectations(people: list[Person], run: Run, fits: Fits) -> dict[str, dict]:
    """Of each buyer, the columns of `people`."""
    found = {}
    whole = spans(people, run).get("whole")
    for person_id, seen in (histories(people, run, whole) if whole else {}).items():
        in_90, in_365 = (expected_purchases(fits.rates["whole"], seen, days) for days in (90, 365))
        value = None
        if in_365 is not None and fits.worth is not None:
            value = rounded(Decimal(in_365 * expected_worth(fits.worth, seen)))
        found[person_id] = {
            "expected_orders_90d": in_90,
            "expected_orders_365d": in_365,
            "expected_value_365d": value,
        }
    return found


def expected_purchases(
    rates: tuple[float, float, float, float] | None, seen: History, days: int
) -> float | None:
    """Sum over all numbers of purchases that a person would have made, had they never left, of
    the number of them that they were still there for."""
    if rates is None:
        return None
    r, alpha, a, b = rates
    shape, rate, time = r + seen.repeats, alpha + seen.observed / WEEK, days / WEEK
    chance = (rate / (rate + time)) ** shape  # of none at all
    still_there, made, expected, number = 1.0, 0.0, 0.0, 0
    while number <= shape * time / rate or chance * made > NOTHING * expected:
        chance *= (shape + number) / (number + 1) * time / (rate + time)
        made += still_there
        still_there *= (b + seen.repeats + number) / (a + b + seen.repeats + number)
        expected += chance * made
        number += 1
    return expected * chance_of_staying(rates, seen)


def chance_of_staying(rates: tuple[float, float, float, float], seen: History) -> float:
    stayed, left = (math.exp(each) for each in log_chances(rates, seen))
    return stayed / (stayed + left)


def log_chances(rates: tuple[float, float, float, float], seen: History) -> tuple[float, float]:
    """Of the history together with being there at its end, and with having left at the last
    purchase."""
    r, alpha, a, b = rates
    x, last, observed = seen.repeats, seen.last / WEEK, seen.observed / WEEK
    pace = math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)
    stayed = log_beta(a, b + x) - log_beta(a, b) + pace - (r + x) * math.log(alpha + observed)
    if not x:
        return stayed, -math.inf
    left = log_beta(a + 1, b + x - 1) - log_beta(a, b) + pace - (r + x) * math.log(alpha + last)
    return stayed, left


def log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def log_likelihood(rates: tuple[float, float, float, float], seen: Iterable[History]) -> float:
    counts = Counter((each.repeats, each.last, each.observed) for each in seen)
    total = 0.0
    for (repeats, last, observed), people in counts.items():
        stayed, left = log_chances(rates, History(repeats, last, observed, (), 0))
        largest = max(stayed, left)
        total += people * (
            largest + math.log(math.exp(stayed - largest) + math.exp(left - largest))
        )
    return total


def expected_worth(worth: tuple[float, float, float], seen: History) -> float:
    """The mean over people whose own mean is 1 ÷ gamma, given what this one has spent."""
    p, q, v = worth
    return p * (v + float(sum(seen.values))) / (p * len(seen.values) + q - 1)


def worth_log_likelihood(worth: tuple[float, float, float], seen: Iterable[History]) -> float:
    """Of the sums that were spent: gamma with shape p n, whose rate is gamma distributed."""
    p, q, v = worth
    total = 0.0
    for each in seen:
        if each.values:
            shape, spent = p * len(each.values), float(sum(each.values))
            total += (
                q * math.log(v)
                + (shape - 1) * math.log(spent)
                - (shape + q) * math.log(v + spent)
                - log_beta(shape, q)
            )
    return total
