"""Buyers who behave exactly as the models say, drawn from parameters that are known.

One buyer after another, purchase after purchase: the assumptions of the papers as a process, with
none of their formulas.
"""

import numpy as np

from journey.stats.purchases import DAYS_OF_A_UNIT, Histories, Rates


def drawn_histories(rates: Rates, people: int, weeks: float, ahead: float, seed: int):
    """The histories of people who all begin at 0, and their purchases in the time ahead."""
    draw = np.random.default_rng(seed)
    paces = draw.gamma(rates.r, 1 / rates.alpha, people)
    chances = draw.beta(rates.a, rates.b, people)
    repeats, last, later = (np.zeros(people) for _ in range(3))
    for number in range(people):
        now = draw.exponential(1 / paces[number])
        while now < weeks + ahead:
            if now < weeks:
                repeats[number] += 1
                last[number] = now
            else:
                later[number] += 1
            if draw.random() < chances[number]:
                break
            now += draw.exponential(1 / paces[number])
    observed = np.full(people, float(weeks))
    return Histories(repeats, last, observed, np.ones(people)), later


def one_history(repeats: int, last: float, observed: float) -> Histories:
    """A single history, in weeks."""
    return Histories(*(np.array([float(each)]) for each in (repeats, last, observed, 1)))


def days(weeks: float) -> float:
    return weeks * DAYS_OF_A_UNIT
