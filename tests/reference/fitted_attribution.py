"""What channels are worth by the two fitted models, in exact fractions, and how paths share it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby, pairwise
from math import factorial

Channels = frozenset[str]
START, CONVERTED, LOST = object(), object(), object()
SHARES_ARE_FOUND = 1e-15


@dataclass(frozen=True, slots=True)
class Path:
    channels: tuple[str, ...]
    is_conversion: bool

    @property
    def set(self) -> Channels:
        return frozenset(self.channels)


# ---------------------------------------------------------------- Markov


def removal_effects(paths: list[Path]) -> dict[str, Fraction]:
    """By how much the chance to convert falls when a channel leads nowhere any more."""
    steps: dict[object, Counter] = defaultdict(Counter)
    for path in paths:
        said = [channel for channel, _ in groupby(path.channels)]
        walk = [START, *said, CONVERTED if path.is_conversion else LOST]
        for state, following in pairwise(walk):
            steps[state][following] += 1
    overall = chance_to_convert(steps, None)
    channels = {channel for path in paths for channel in path.channels}
    if not overall:
        return {}
    return {channel: 1 - chance_to_convert(steps, channel) / overall for channel in channels}


def chance_to_convert(steps: dict[object, Counter], removed: str | None) -> Fraction:
    """Of START: each state's chance is the mean of those of the states that follow it."""
    states = [state for state in steps if state != removed]
    place = {state: number for number, state in enumerate(states)}
    equations = []
    for state in states:
        row = [Fraction(0)] * (len(states) + 1)
        row[place[state]] += 1
        total = sum(steps[state].values())
        for following, count in steps[state].items():
            if following is CONVERTED:
                row[-1] += Fraction(count, total)
            elif following in place:
                row[place[following]] -= Fraction(count, total)
        equations.append(row)
    return solved(equations)[place[START]] if START in place else Fraction(0)


def solved(equations: list[list[Fraction]]) -> list[Fraction]:
    """The unknowns of as many linear equations, the right side last in each."""
    rows = [list(row) for row in equations]
    for column in range(len(rows)):
        pivot = next(number for number in range(column, len(rows)) if rows[number][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for number, row in enumerate(rows):
            if number != column and row[column]:
                rows[number] = [
                    value - row[column] * known
                    for value, known in zip(row, rows[column], strict=True)
                ]
    return [row[-1] for row in rows]


# ---------------------------------------------------------------- Shapley


def shapley_values(paths: list[Path]) -> dict[str, Fraction]:
    """Conversions by channel: each conversion is shared among the channels of its own path."""
    found = Counter(path.set for path in paths)
    converted = Counter(path.set for path in paths if path.is_conversion)
    worth = {channels: Fraction(converted[channels], found[channels]) for channels in found}
    values: dict[str, Fraction] = dict.fromkeys(sorted(set().union(*found)), Fraction(0))
    for channels, count in converted.items():
        added = {channel: max(added_by(channel, channels, worth), 0) for channel in channels}
        for channel in channels:
            values[channel] += count * Fraction(added[channel]) / sum(added.values())
    return values


def added_by(channel: str, channels: Channels, worth: dict[Channels, Fraction]) -> Fraction:
    """The mean, over all orders in which the channels could join, of what this one adds."""
    others = channels - {channel}
    total = Fraction(0)
    for size in range(len(others) + 1):
        orders = factorial(size) * factorial(len(others) - size)
        for already in map(frozenset, combinations(sorted(others), size)):
            gain = worth.get(already | {channel}, 0) - worth.get(already, 0)
            total += Fraction(orders, factorial(len(channels))) * gain
    return total


# ---------------------------------------------------------------- sharing


def shared_credits(
    paths: list[Path], totals: dict[str, Fraction]
) -> dict[Channels, dict[str, float]]:
    """For the set of channels of each converting path, what each of them is credited.

    In proportion to one weight a channel, such that the credits come to `totals` (scaled to all
    conversions). Where channels alone have more conversions than their totals, they keep exactly
    those and are credited nothing beside others; what is left is shared among the others likewise.
    """
    counts = Counter(path.set for path in paths if path.is_conversion)
    if not counts:
        return {}
    credits: dict[Channels, dict[str, float]] = {
        channels: dict.fromkeys(channels, 0.0) for channels in counts
    }
    open_sets = dict.fromkeys(counts)
    rest = {channel: total for channel, total in totals.items() if total}
    gone = set().union(*counts) - rest.keys()  # a channel without a total is credited nothing
    while open_sets:
        left: Counter = Counter()
        for channels in open_sets:
            left[channels - gone] += counts[channels]
        block, ratio = tightest(left, rest)
        inner = Counter({channels: count for channels, count in left.items() if channels <= block})
        weights = weights_of(inner, {channel: float(rest[channel] * ratio) for channel in block})
        for channels in [each for each in open_sets if each - gone <= block]:
            whole = sum(weights[channel] for channel in channels - gone if channel in weights)
            for channel in channels - gone:
                credits[channels][channel] = weights.get(channel, 0.0) / whole
            del open_sets[channels]
        gone |= block
        rest = {channel: total for channel, total in rest.items() if channel not in block}
    return credits


def tightest(counts: Counter, totals: dict[str, Fraction]) -> tuple[Channels, Fraction]:
    """The channels that have, among themselves alone, the most conversions for their totals."""
    best: tuple[Channels, Fraction] | None = None
    for channels in subsets(totals):
        alone = sum(count for each, count in counts.items() if each <= channels)
        ratio = Fraction(alone) / sum(totals[channel] for channel in channels)
        if best is None or ratio > best[1]:
            best = (channels, ratio)
    return best


def subsets(names: Iterable[str]) -> Iterable[Channels]:
    """All but the empty one, the small ones first."""
    ordered = sorted(names)
    for size in range(1, len(ordered) + 1):
        yield from map(frozenset, combinations(ordered, size))


def weights_of(counts: Counter, totals: dict[str, float]) -> dict[str, float]:
    """Weights in whose proportion these sets share such that each channel has its total."""
    weights = dict(totals)
    for _ in range(100_000):
        wholes = {channels: sum(weights[c] for c in channels) for channels in counts}
        better = {
            channel: totals[channel]
            / sum(count / wholes[each] for each, count in counts.items() if channel in each)
            for channel in weights
        }
        moved = max(abs(better[channel] / weights[channel] - 1) for channel in weights)
        weights = better
        if moved <= SHARES_ARE_FOUND:
            break
    return weights
