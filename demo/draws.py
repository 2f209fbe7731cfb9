"""Small vectorised helpers for drawing and shaping arrays.

Here: arithmetic without meaning. Not here: probabilities (plan) and anything about the shop.
"""

import numpy as np

Columns = dict[str, np.ndarray]

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = np.int64(2**62)  # an instant that no window reaches


def generator(seed: int, part: str) -> np.random.Generator:
    """A stream of its own for each part, so that a change in one leaves the others alone."""
    return np.random.default_rng([seed, *part.encode()])


def mixed(numbers: np.ndarray, seed: int, salt: int) -> np.ndarray:
    """Distinct numbers to distinct, well mixed 64-bit numbers (splitmix64): identifiers."""
    with np.errstate(over="ignore"):
        start = np.uint64((seed * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03) % 2**64)
        mixing = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
        mixing ^= mixing >> np.uint64(30)
        mixing *= np.uint64(0xBF58476D1CE4E5B9)
        mixing ^= mixing >> np.uint64(27)
        mixing *= np.uint64(0x94D049BB133111EB)
        mixing ^= mixing >> np.uint64(31)
    return mixing


def chosen(rng: np.random.Generator, weights, count: int) -> np.ndarray:
    """Indices drawn with the weights."""
    return np.searchsorted(bounds_of(weights), rng.random(count), side="right").astype(np.int16)


def bounds_of(weights) -> np.ndarray:
    """Upper bounds of the unit interval's parts; the last is left out, so that it catches all."""
    cumulated = np.cumsum(np.asarray(weights, dtype=np.float64))
    return cumulated[:-1] / cumulated[-1]


def concatenated(parts: list[Columns]) -> Columns:
    """Rows under each other; all parts have the same columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def taken(rows: Columns, index: np.ndarray | slice) -> Columns:
    """The rows at an index, a mask or a slice."""
    return {name: column[index] for name, column in rows.items()}


def size_of(rows: Columns) -> int:
    """Number of rows."""
    return len(next(iter(rows.values())))
