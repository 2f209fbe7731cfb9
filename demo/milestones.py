"""When each person reaches each stage.

Here: the instants of first touch, consideration, intent, first order and the first return after
it, bounded so that a journey ends `maturity_days` after it began. Not here: what happens around
them (visits), repeat orders (orders).
"""

from dataclasses import dataclass

import numpy as np

from demo.draws import DAY, HOUR, NEVER, SECOND, generator
from demo.people import CONSIDERATION, INTENT, PURCHASE, RETENTION, People
from demo.plan import Plan
from demo.window import Window, time_of_day

LONG_GAP_DAYS = (31, 36)  # longer than the 30 days after which early stages lapse


@dataclass(frozen=True)
class Milestones:
    """`at`: people by five stages, NEVER where a stage is not reached."""

    at: np.ndarray
    gap_start: np.ndarray  # no chance visit in a long gap; NEVER without one
    gap_end: np.ndarray


def delay_limits(window: Window) -> tuple[int, int, int]:
    """Days at most: between early stages, from order to return, from order to any opinion."""
    scale = window.scale
    return max(1, round(5 * scale)), max(2, round(12 * scale)), max(2, round(20 * scale))


def maturity_days(window: Window) -> int:
    """After this many days since the first touch a person's furthest stage is final."""
    early, back, opinion = delay_limits(window)
    gap = LONG_GAP_DAYS[1] - early if has_long_gaps(window) else 0
    return 3 * early + max(back, opinion) + gap + 2


def has_long_gaps(window: Window) -> bool:
    """A short window has no room for them."""
    return window.days >= 100


def drawn_milestones(plan: Plan, people: People, window: Window, seed: int) -> Milestones:
    """Stages in order, each some days after the one before or in the same visit."""
    rng = generator(seed, "milestones")
    count = people.count
    early, back, _ = delay_limits(window)
    delays = np.zeros((count, 5), dtype=np.int64)
    for stage in (CONSIDERATION, INTENT, PURCHASE):
        days = 1 + np.minimum(rng.exponential(2.0 * window.scale, count).astype(np.int64), early)
        days = np.minimum(days, early)
        delays[:, stage] = np.where(rng.random(count) < plan.same_visit, 0, days)
    delays[:, INTENT] = np.where(people.skips_consideration, 0, delays[:, INTENT])
    returning = 2 + rng.exponential(4.0 * window.scale, count).astype(np.int64)
    delays[:, RETENTION] = np.minimum(returning, back)

    # The gap never comes before the order: the tested checkout must act within its two weeks.
    long_at = rng.choice(np.array([CONSIDERATION, INTENT, RETENTION]), count)
    has_gap = has_long_gaps(window) & (rng.random(count) < plan.long_gap)
    has_gap &= ~(people.skips_consideration & (long_at == INTENT))
    gap = rng.integers(LONG_GAP_DAYS[0], LONG_GAP_DAYS[1] + 1, count)
    rows = np.flatnonzero(has_gap)
    delays[rows, long_at[rows]] = gap[rows]

    at = np.full((count, 5), NEVER)
    latest = window.end - 2 * HOUR
    day = arrival_days(rng, window, count)
    at[:, 0] = window.start + day * DAY + time_of_day(rng, count)
    # The visit of a milestone lies wholly inside the window, or the milestone outside.
    at[:, 0] = np.clip(at[:, 0] // SECOND * SECOND, window.start + 2 * HOUR, latest)
    for stage in range(1, 5):
        day = day + delays[:, stage]
        fresh = (window.start + day * DAY + time_of_day(rng, count)) // SECOND * SECOND
        same = delays[:, stage] == 0
        fresh = np.where(fresh > latest, np.maximum(fresh, window.end), fresh)
        at[:, stage] = np.where(same, at[:, stage - 1], fresh)
    at[np.arange(5)[None, :] > people.furthest[:, None]] = NEVER

    reached = has_gap & (people.furthest >= long_at)
    before = at[np.arange(count), long_at - 1]
    after = at[np.arange(count), long_at]
    return Milestones(
        at=at,
        gap_start=np.where(reached, before + 2 * HOUR, NEVER),
        gap_end=np.where(reached, after, NEVER),
    )


def arrival_days(rng: np.random.Generator, window: Window, count: int) -> np.ndarray:
    """Days of first touch: weekends are busier, and the first week meets the old acquaintances."""
    weights = window.weekday_weights().copy()
    weights[:7] *= 2.5
    bounds = np.cumsum(weights)[:-1] / weights.sum()
    return np.searchsorted(bounds, rng.random(count), side="right").astype(np.int64)
