"""What became of the people who saw each variant of an experiment.

The tails and quantiles of the distributions come from scipy; everything before them is counted.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from scipy import stats

from .people import Person
from .rows import Raw
from .run import Run
from .seeds import Shares
from .touchpoints import DONE_BY_MACHINES, Touchpoint

CONTROL = "control"
METRICS = ("visit", "conversion", "revenue")


@dataclass(frozen=True, slots=True)
class Assignment:
    variant: str
    assigned_at: datetime


def experiment_results(
    current: Raw, touchpoints: list[Touchpoint], people: list[Person], run: Run, shares: Shares
) -> dict[tuple, dict]:
    """Keys: experiment, metric, variant."""
    by_id = {person.person_id: person for person in people}
    table = {}
    for experiment, assigned in assignments(current, touchpoints).items():
        samples: dict[str, dict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
        for person_id, assignment in assigned.items():
            measured = outcomes(by_id.get(person_id), assignment.assigned_at, run)
            for metric, value in zip(METRICS, measured, strict=True):
                samples[metric][assignment.variant].append(value)
        share_ratio_p = share_ratio(assigned, shares.get(experiment))
        for metric, by_variant in samples.items():
            control = CONTROL if CONTROL in by_variant else min(by_variant, key=str.encode)
            for variant, values in by_variant.items():
                row = {
                    "people": len(values),
                    "mean": float(mean(values)),
                    "share_ratio_p": share_ratio_p,
                }
                if variant == control:
                    row |= dict.fromkeys(COMPARED)
                else:
                    row |= comparison(values, by_variant[control])
                table[experiment, metric, variant] = row
    return table


def assignments(current: Raw, touchpoints: list[Touchpoint]) -> dict[str, dict[str, Assignment]]:
    """The variant that each person saw first; programs see nothing."""
    of_row = {
        row.touchpoint_id: row
        for kind in ("web_events", "email_events")
        for row in current[kind]
        if row.experiment is not None and row.variant is not None
    }
    found: dict[str, dict[str, Assignment]] = defaultdict(dict)
    for touchpoint in sorted(touchpoints, key=lambda each: (each.occurred_at, each.touchpoint_id)):
        row = of_row.get(touchpoint.touchpoint_id)
        if row is None or touchpoint.is_bot or by_machine(touchpoint):
            continue
        seen = Assignment(row.variant, touchpoint.occurred_at)
        found[row.experiment].setdefault(touchpoint.person_id, seen)
    return found


def by_machine(touchpoint: Touchpoint) -> bool:
    return touchpoint.is_machine and touchpoint.touchpoint.split(":")[1] in DONE_BY_MACHINES


def outcomes(
    person: Person | None, since: datetime, run: Run
) -> tuple[Fraction, Fraction, Fraction]:
    """Visit, conversion and revenue; a person who was only mailed has done nothing."""
    until = since + timedelta(days=run.experiment_window_days)
    visits, orders = [], []
    if person is not None:
        visits = [each for each in person.visits if since <= each.started_at < until]
        orders = [each for each in person.orders if since <= each.ordered_at < until]
    return (
        Fraction(any(visit.has_web for visit in visits)),
        Fraction(bool(orders)),
        sum((Fraction(order.net_revenue or 0) for order in orders), Fraction(0)),
    )


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def variance(values: list[Fraction]) -> Fraction | None:
    if len(values) < 2:
        return None
    middle = mean(values)
    return sum(((value - middle) ** 2 for value in values), Fraction(0)) / (len(values) - 1)


COMPARED = ("lift", "ci_low", "ci_high", "p_value", "relative_lift")


def comparison(values: list[Fraction], control: list[Fraction]) -> dict:
    """Welch's test of a variant against the control."""
    base = mean(control)
    lift = mean(values) - base
    row = dict.fromkeys(COMPARED)
    row["lift"] = float(lift)
    row["relative_lift"] = float(lift / base) if base else None
    spread, spread_of_control = variance(values), variance(control)
    if spread is None or spread_of_control is None or not spread + spread_of_control:
        return row  # nothing to distinguish it from noise
    parts = (spread / len(values), spread_of_control / len(control))
    error = math.sqrt(sum(parts))
    degrees = sum(parts) ** 2 / (
        parts[0] ** 2 / (len(values) - 1) + parts[1] ** 2 / (len(control) - 1)
    )
    distribution = stats.t(float(degrees))
    reach = distribution.ppf(0.975) * error
    row["ci_low"] = float(lift) - reach
    row["ci_high"] = float(lift) + reach
    row["p_value"] = float(2 * distribution.sf(abs(float(lift)) / error))
    return row


def share_ratio(
    assigned: dict[str, Assignment], shares: Mapping[str, Decimal] | None
) -> float | None:
    """How likely people over variants are this far from their shares by chance."""
    people: dict[str, int] = defaultdict(int)
    for assignment in assigned.values():
        people[assignment.variant] += 1
    expected = dict(shares) if shares else dict.fromkeys(people, Decimal(1))
    if any(not expected.get(variant) for variant in people):
        return 0.0  # a variant that has no share was seen
    wanted = [variant for variant, share in expected.items() if share]
    if len(wanted) < 2:
        return None
    total = sum(Fraction(expected[variant]) for variant in wanted)
    count = sum(people.values())
    statistic = Fraction(0)
    for variant in wanted:
        share = count * Fraction(expected[variant]) / total
        statistic += (people.get(variant, 0) - share) ** 2 / share
    return float(stats.chi2.sf(float(statistic), len(wanted) - 1))
