"""How often people will buy again: BG/NBD (Fader, Hardie & Lee 2005, "Counting your customers").

A person who is still a customer buys at random, at a rate of their own; after each purchase they
are gone for good with a chance of their own. Rates are gamma distributed over people (r, alpha),
chances beta distributed (a, b). A history is the number of repeat purchases, the time of the last
of them and the time of observation, both since the first purchase; equal histories are listed once,
with the number of people who have them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from scipy.linalg import eigh_tridiagonal

from journey.stats.likelihood import LEAST_PEOPLE, most_likely

DAYS_OF_A_UNIT = 7  # weeks, as in the paper: its parameters can be compared
NODES = 64  # of the mean over chances; see the tests for what it is good to


@dataclass(frozen=True, slots=True)
class Histories:
    """Times are in weeks."""

    repeats: np.ndarray
    last: np.ndarray
    observed: np.ndarray
    people: np.ndarray

    @classmethod
    def of_days(
        cls, repeats: np.ndarray, last: np.ndarray, observed: np.ndarray, people: np.ndarray
    ) -> Self:
        return cls(repeats, last / DAYS_OF_A_UNIT, observed / DAYS_OF_A_UNIT, people)


class Rates(NamedTuple):
    r: float
    alpha: float
    a: float
    b: float


def log_likelihood(
    parameters: Sequence[float] | np.ndarray, seen: Histories
) -> tuple[float, np.ndarray]:
    """Of all histories, and its slope along r, alpha, a and b."""
    r, alpha, a, b = parameters
    x = seen.repeats
    has_repeats = x > 0
    until_observed, until_last = np.log(alpha + seen.observed), np.log(alpha + seen.last)
    # What was seen happened to a person who is still a customer, or to one who left at the last
    # purchase; no person leaves at the first purchase.
    beta = np.where(has_repeats, b + x - 1, 1)
    stayed = -(r + x) * until_observed
    left = np.where(has_repeats, np.log(a / beta) - (r + x) * until_last, -np.inf)
    either = np.logaddexp(stayed, left)
    share_left = np.exp(left - either)
    share_stayed = 1 - share_left
    (log_r, slope_r), (log_b, slope_b), (log_ab, slope_ab) = (
        log_rising(start, x) for start in (r, b, a + b)
    )
    value = log_r + r * np.log(alpha) + log_b - log_ab + either
    slopes = (
        slope_r + np.log(alpha) - share_stayed * until_observed - share_left * until_last,
        r / alpha
        - (r + x) * (share_stayed / (alpha + seen.observed) + share_left / (alpha + seen.last)),
        share_left / a - slope_ab,
        slope_b - slope_ab - share_left / beta,
    )
    # numpy's own sums: a dot product may be shared by threads, and add in another order
    return float((value * seen.people).sum()), np.array([(s * seen.people).sum() for s in slopes])


def log_rising(start: float, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The logarithm of start (start + 1) … of so many factors, and its slope along start.

    A difference of logarithms of gamma functions, without the digits that it would lose.
    """
    factors = start + np.arange(int(counts.max(initial=0)))
    of_counts = counts.astype(int)
    return tuple(
        np.concatenate([[0.0], np.cumsum(terms)])[of_counts]
        for terms in (np.log(factors), 1 / factors)
    )


def fitted_rates(seen: Histories) -> Rates | None:
    """None where too few people came back, or no maximum is found."""
    if seen.people[seen.repeats > 0].sum() < LEAST_PEOPLE:
        return None
    found = most_likely(
        lambda parameters: log_likelihood(parameters, seen),
        Rates._fields,
        int(seen.people.sum()),
    )
    return None if found is None else Rates(**found)


def chance_of_staying(rates: Rates, seen: Histories) -> np.ndarray:
    """Of being a customer still when the observation ends."""
    x = seen.repeats
    earlier = (rates.alpha + seen.observed) / (rates.alpha + seen.last)
    odds_of_leaving = rates.a / np.where(x > 0, rates.b + x - 1, 1) * earlier ** (rates.r + x)
    return np.where(x > 0, 1 / (1 + odds_of_leaving), 1.0)


def expected_purchases(rates: Rates, seen: Histories, days_ahead: int) -> np.ndarray:
    """Of a person with each history, in the days after the end of the observation.

    A person who leaves with the chance p after each purchase will have bought
    (1 - exp(-rate p t)) / p times after the time t. The mean over rates is a power, the mean over
    chances is taken by quadrature. It is the paper's equation 10 without its hypergeometric
    function, which is lost in rounding where a is near 1 or histories are long.
    """
    expected = np.zeros(len(seen.repeats))
    for repeats in np.unique(seen.repeats):
        same = seen.repeats == repeats
        chances, weights = beta_quadrature(rates.a, rates.b + repeats)
        reach = days_ahead / DAYS_OF_A_UNIT / (rates.alpha + seen.observed[same, None])
        bought = -np.expm1(-(rates.r + repeats) * np.log1p(chances * reach)) / chances
        expected[same] = (bought * weights).sum(axis=1)
    expected *= chance_of_staying(rates, seen)
    return expected


def beta_quadrature(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights that give the mean of a smooth function of a beta distributed share.

    Golub and Welsch's, from the recurrence of the Jacobi polynomials on (0, 1); the weights are
    those of a probability, so that nothing is too large to be a number.
    """
    n = np.arange(1, NODES)
    total = a + b - 2
    diagonal = np.empty(NODES)
    diagonal[0] = a / (a + b)
    diagonal[1:] = 0.5 + ((a - 1) ** 2 - (b - 1) ** 2) / (2 * (2 * n + total) * (2 * n + total + 2))
    m = n[1:]
    squares = np.empty(NODES - 1)
    squares[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    squares[1:] = (
        m
        * (m + a - 1)
        * (m + b - 1)
        * (m + total)
        / ((2 * m + total) ** 2 * (2 * m + total + 1) * (2 * m + total - 1))
    )
    points, vectors = eigh_tridiagonal(diagonal, np.sqrt(squares))
    return np.maximum(points, np.finfo(float).tiny), vectors[0] ** 2
