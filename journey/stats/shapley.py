"""Shapley attribution: what each channel of a path adds, over all orders in which it could join.

The worth of a set of channels is the converting share of the paths with exactly that set, nothing
where no path has it. The players of a conversion are the channels of its own path, so that nothing
goes to a channel that was not there; a conversion's credit is their Shapley values, normalised.
"""

from functools import cache
from math import factorial

import numpy as np


def shapley_values(
    sets: list[frozenset[str]], conversions: list[int], paths: list[int]
) -> dict[str, float]:
    """Conversions by channel; together they are all conversions that have a path.

    Only sets that occur have a worth, so a value is a sum over those of them that lie within the
    path's set, and never over the powers of two. A channel that made others convert less is worth
    nothing, not less than that.
    """
    channels = sorted(set().union(*sets))
    bits = {channel: 1 << place for place, channel in enumerate(channels)}
    converting = [number for number, found in enumerate(conversions) if found]
    masks = np.array([sum(bits[c] for c in sets[n]) for n in converting], dtype=np.int64)
    member = (masks[:, None] & np.array(list(bits.values()), dtype=np.int64)) > 0
    size = member.sum(axis=1)
    worth = np.array([conversions[number] / paths[number] for number in converting])
    values = np.zeros(len(channels))
    for place, number in enumerate(converting):
        within = np.flatnonzero((masks & ~masks[place]) == 0)
        finds = shares_of_orders(int(size[place]))
        joined = finds[size[within] - 1] * worth[within]
        missed = finds[size[within]] * worth[within]
        added = np.where(member[within], joined[:, None], -missed[:, None]).sum(axis=0)
        added = np.where(member[place], added.clip(min=0), 0)
        values += conversions[number] * added / added.sum()
    return dict(zip(channels, values.tolist(), strict=True))


@cache
def shares_of_orders(players: int) -> np.ndarray:
    """By number of others: in what share of all orders a player finds exactly certain others.

    The last one, all players and another one, is impossible.
    """
    orders = factorial(players)
    finds = [factorial(n) * factorial(players - n - 1) / orders for n in range(players)]
    return np.array([*finds, 0.0])
