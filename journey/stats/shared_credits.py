"""How a conversion's credit is shared over the channels of its path, for the two fitted models.

A fitted model says what each channel is worth overall; a conversion can only credit its own
channels. Both hold at once when channels share in proportion to weights that are chosen such that
the credits of all conversions come to the fitted totals. Those weights are found here.
"""

import numpy as np

MOST_CHANNELS = 22  # every set of them is looked at, two to the power of their number
MOST_STEPS = 100
CLOSE_ENOUGH = 1e-13  # of all conversions
SAME_RATIO = 1e-12


def shared_credits(
    sets: list[frozenset[str]], conversions: list[int], totals: dict[str, float]
) -> list[dict[str, float]]:
    """For each set the credit of its channels, which sums to 1.

    `totals` says in what proportion all credit should fall to the channels. Where channels have
    more conversions among themselves alone than their totals allow, they keep exactly those and
    yield the others to the channels beside them: that is as near as the totals can be reached.
    """
    channels = [channel for channel in sorted(totals) if totals[channel] > 0]
    if len(channels) > MOST_CHANNELS:
        raise ValueError(
            f"attribution is fitted over at most {MOST_CHANNELS} channels and there are "
            f"{len(channels)}; merge some of them in seeds/channel_rules.csv"
        )
    wanted = np.array([totals[channel] for channel in channels], dtype=float)
    counts = np.array(conversions, dtype=float)
    bits = 1 << np.arange(len(channels), dtype=np.int64)
    left = np.array([sum(bits[[c in each for c in channels]]) for each in sets], dtype=np.int64)
    credits = np.zeros((len(sets), len(channels)))
    is_open = np.ones(len(sets), dtype=bool)
    while is_open.any():
        block = tightest(left[is_open], counts[is_open], wanted)
        inside = is_open & (left & ~block == 0)
        member = left[inside, None] & bits > 0
        credits[inside] = proportional_credits(member, counts[inside], wanted)
        is_open &= ~inside
        left &= ~block
        wanted = np.where(bits & block, 0, wanted)
    return [
        {channel: float(row[place]) for place, channel in enumerate(channels) if channel in each}
        for each, row in zip(sets, credits, strict=True)
    ]


def tightest(masks: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> int:
    """The channels with the most conversions among themselves alone for what they should have.

    All channels, where the totals can be reached; of several, the least.
    """
    alone = np.bincount(masks, weights=counts, minlength=1 << len(wanted))
    asked = np.zeros(1)
    size = np.zeros(1, dtype=int)
    for place, total in enumerate(wanted):
        halves = alone.reshape(-1, 2, 1 << place)
        halves[:, 1] += halves[:, 0]
        asked = np.concatenate([asked, asked + total])
        size = np.concatenate([size, size + 1])
    ratio = np.divide(alone, asked, out=np.zeros_like(alone), where=asked > 0)
    candidates = np.flatnonzero(ratio >= ratio.max() * (1 - SAME_RATIO))
    return int(candidates[size[candidates].argmin()])


def proportional_credits(member: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Shares in proportion to the weights with which the members' totals are as wanted.

    Newton's steps on the likelihood of which those weights are the maximum.
    """
    target = np.where(member.any(axis=0), wanted, 0)
    target *= counts.sum() / target.sum()
    weights = np.log(target, out=np.zeros_like(target), where=target > 0)
    value, credits = likelihood(weights, member, counts, target)
    for _ in range(MOST_STEPS):
        found = (credits * counts[:, None]).sum(axis=0)
        if np.abs(target - found).max() <= CLOSE_ENOUGH * counts.sum():
            break
        curvature = np.diag(found) - (credits * counts[:, None]).T @ credits
        step = np.linalg.lstsq(curvature, target - found, rcond=None)[0]
        # A long step can end where a channel has all of its paths: no curvature leads back.
        step /= max(1, np.abs(step).max())
        tried = likelihood(weights + step, member, counts, target)
        while tried[0] < value and np.abs(step).max() > CLOSE_ENOUGH:
            step /= 2
            tried = likelihood(weights + step, member, counts, target)
        weights = weights + step
        value, credits = tried
    return credits


def likelihood(
    weights: np.ndarray, member: np.ndarray, counts: np.ndarray, target: np.ndarray
) -> tuple[float, np.ndarray]:
    """The logarithm of the likelihood of the totals, and each set's members by their weight."""
    own = np.where(member, weights, -np.inf)
    highest = own.max(axis=1, keepdims=True)
    shares = np.exp(own - highest)
    wholes = shares.sum(axis=1, keepdims=True)
    value = (target * weights).sum() - (counts * (np.log(wholes) + highest)[:, 0]).sum()
    return float(value), shares / wholes
