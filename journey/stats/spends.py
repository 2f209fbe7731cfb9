"""How much a purchase is worth: gamma-gamma (Fader & Hardie 2013).

Purchases of one person vary around a mean of their own (gamma, shape p), and means vary over
people (their inverse is gamma distributed, with q and v). How often a person buys says nothing
about how much: that is assumed. The mean of a person's next purchase is a weighted one of their
own and that of all people, which is a matter of SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, psi

from journey.stats.likelihood import LEAST_PEOPLE, most_likely


@dataclass(frozen=True, slots=True)
class Spends:
    """Purchases of people and what they were worth on the average, above 0."""

    purchases: np.ndarray
    mean: np.ndarray
    people: np.ndarray


class Worth(NamedTuple):
    p: float
    q: float
    v: float


def log_likelihood(
    parameters: Sequence[float] | np.ndarray, seen: Spends
) -> tuple[float, np.ndarray]:
    """Of all means, and its slope along p, q and v."""
    p, q, v = parameters
    x, mean = seen.purchases, seen.mean
    total = np.log(v + x * mean)
    value = (
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(v)
        + (p * x - 1) * np.log(mean)
        + p * x * np.log(x)
        - (p * x + q) * total
    )
    slopes = (
        x * (psi(p * x + q) - psi(p * x) + np.log(mean * x) - total),
        psi(p * x + q) - psi(q) + np.log(v) - total,
        q / v - (p * x + q) / (v + x * mean),
    )
    return float((value * seen.people).sum()), np.array([(s * seen.people).sum() for s in slopes])


def fitted_worth(seen: Spends) -> Worth | None:
    """None where there are too few people or no maximum, or means without a bound (q up to 1)."""
    people = int(seen.people.sum())
    if people < LEAST_PEOPLE:
        return None
    # in units of the mean purchase, so that the currency does not matter
    unit = float((seen.mean * seen.people).sum()) / people
    scaled = Spends(seen.purchases, seen.mean / unit, seen.people)
    found = most_likely(lambda each: log_likelihood(each, scaled), Worth._fields, people)
    if found is None or found["q"] <= 1:
        return None
    return Worth(found["p"], found["q"], found["v"] * unit)
