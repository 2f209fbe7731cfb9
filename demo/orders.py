"""Every order of the demo: first ones, repeats, void attempts, failed payments and tests.

Here: who orders when, what for how much, and what becomes of it. Not here: the export files
(shopify) and the visits in which orders are placed (visits).
"""

from dataclasses import dataclass

import numpy as np

from demo.catalogue import EURO_COUNTRIES, products
from demo.draws import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Columns,
    chosen,
    concatenated,
    generator,
    size_of,
    taken,
)
from demo.milestones import Milestones
from demo.people import (
    ANONYMOUS,
    BY_ACCOUNT,
    INTENT,
    PURCHASE,
    RETENTION,
    People,
)
from demo.plan import Plan
from demo.window import Window, time_of_day

COUNTED, CANCELLED, REFUNDED, FAILED, TEST = range(5)  # outcomes
FIRST_ORDER_ID = 5_400_000_000_001
LINES = 3  # at most, per order
FREE_SHIPPING_FROM = 6_000
SHIPPING = 395
TAX = 0.20
MOST_VOID_ATTEMPTS = 3


@dataclass(frozen=True)
class Orders:
    """Orders in the order of their instants; money in pence or cents."""

    rows: Columns

    @property
    def count(self) -> int:
        """Number of orders."""
        return size_of(self.rows)

    @property
    def ids(self) -> np.ndarray:
        """Numbers by which the shop knows them."""
        return FIRST_ORDER_ID + np.arange(self.count, dtype=np.int64) * 3

    def __getitem__(self, name: str) -> np.ndarray:
        return self.rows[name]


def drawn_orders(
    plan: Plan, people: People, milestones: Milestones, window: Window, seed: int
) -> Orders:
    """All orders placed inside the window, with their later fate."""
    rng = generator(seed, "orders")
    first = first_orders(rng, plan, people, milestones, window)
    repeat = repeat_orders(rng, plan, people, milestones, window)
    voids = [
        void_attempts_at_first(rng, plan, first, milestones),
        void_attempts_at_repeat(rng, plan, repeat),
    ]
    placed = concatenated(
        [
            first,
            repeat,
            *voids,
            failed_payments(rng, plan, people, milestones),
            test_orders(rng, plan, size_of(first) + size_of(repeat), window),
        ]
    )
    placed = taken(placed, window.contains(placed["at"]))
    placed = taken(placed, np.lexsort((placed["outcome"], placed["person"], placed["at"])))
    placed |= drawn_fates(rng, plan, placed, window)
    placed |= drawn_baskets(rng, placed, people)
    return Orders(placed)


def order_rows(
    person: np.ndarray,
    at: np.ndarray,
    outcome: int | np.ndarray,
    is_first: bool,
    is_in_store: np.ndarray | bool = False,
    has_visit: np.ndarray | bool = True,
) -> Columns:
    """Rows of one sort of order."""
    count = len(person)
    return {
        "person": person.astype(np.int32),
        "at": at.astype(np.int64) // SECOND * SECOND,
        "outcome": np.broadcast_to(np.int8(outcome), count).astype(np.int8),
        "is_first": np.full(count, is_first),
        "is_in_store": np.broadcast_to(is_in_store, count).copy(),
        "has_visit": np.broadcast_to(has_visit, count) & ~np.broadcast_to(is_in_store, count),
    }


def first_orders(rng, plan: Plan, people: People, milestones: Milestones, window: Window):
    """One counted order for each person who gets as far as purchase."""
    buyers = np.flatnonzero(window.contains(milestones.at[:, PURCHASE]))
    known = (people.identity[buyers] == BY_ACCOUNT) & (people.identifies_at[buyers] < PURCHASE)
    apart = milestones.at[buyers, PURCHASE] > milestones.at[buyers, INTENT]
    in_store = known & apart & (rng.random(len(buyers)) < plan.point_of_sale)
    return order_rows(buyers, milestones.at[buyers, PURCHASE], COUNTED, True, in_store)


def repeat_orders(rng, plan: Plan, people: People, milestones: Milestones, window: Window):
    """At most one counted order a rolling week after the first, each week with its probability.

    The day within the week is uniform, the time of day each person's own: the time is laid on the
    day that begins at the first order's time, so that a repeat never leaves its rolling day.
    """
    is_buyer = window.contains(milestones.at[:, PURCHASE]) & (people.furthest == RETENTION)
    buyers = np.flatnonzero(is_buyer)
    weeks = np.arange(1, window.days // 7 + 2)
    buys = rng.random((len(buyers), len(weeks))) < plan.repeat(weeks)[None, :]
    buyer, week = np.nonzero(buys)
    start = milestones.at[buyers[buyer], PURCHASE]
    lag = (time_of_day(rng, len(buyer)) - (start - window.start)) % DAY
    at = start + (7 * weeks[week] + rng.integers(0, 7, len(buyer))) * DAY + lag
    in_store = rng.random(len(buyer)) < plan.point_of_sale
    rows = order_rows(buyers[buyer], at, COUNTED, False, in_store)
    return taken(rows, window.contains(rows["at"]))


def attempts(rng, plan: Plan, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Void attempts before each of `count` counted orders: whose they are, and what they become.

    Attempts fail with a fixed probability until one counts, so among all attempts of customers
    the void share is that probability.
    """
    tries = np.minimum(rng.geometric(1 - plan.void, count) - 1, MOST_VOID_ATTEMPTS)
    owner = np.repeat(np.arange(count), tries)
    cancelled = rng.random(len(owner)) < plan.cancelled / plan.void
    return owner, np.where(cancelled, CANCELLED, REFUNDED)


def void_attempts_at_first(rng, plan: Plan, first: Columns, milestones: Milestones) -> Columns:
    """Between intent and the first order; in its own visit where there are days between."""
    owner, outcome = attempts(rng, plan, size_of(first))
    person, until = first["person"][owner], first["at"][owner]
    since = milestones.at[person, INTENT]
    apart = until - since >= DAY
    between = since + ((until - since) * rng.uniform(0.2, 0.9, len(owner))).astype(np.int64)
    shortly = until - rng.integers(2 * MINUTE, 8 * MINUTE, len(owner))
    at = np.where(apart, between, shortly)
    return order_rows(person, at, outcome, False, has_visit=apart)


def void_attempts_at_repeat(rng, plan: Plan, repeat: Columns) -> Columns:
    """Hours or days before a repeat order."""
    owner, outcome = attempts(rng, plan, size_of(repeat))
    at = repeat["at"][owner] - rng.integers(3 * HOUR, 2 * DAY, len(owner))
    return order_rows(repeat["person"][owner], at, outcome, False)


def failed_payments(rng, plan: Plan, people: People, milestones: Milestones) -> Columns:
    """Known people who try to pay once and are declined; they never become customers."""
    tries = (people.furthest == INTENT) & (people.identity != ANONYMOUS)
    person = np.flatnonzero(tries & (rng.random(people.count) < plan.payment_fails))
    at = milestones.at[person, INTENT] + rng.integers(3 * MINUTE, 9 * MINUTE, len(person))
    return order_rows(person, at, FAILED, False, has_visit=False)


def test_orders(rng, plan: Plan, ordered: int, window: Window) -> Columns:
    """Orders by which the shop's own staff try the checkout; person -1."""
    count = max(1, round(plan.test_orders * ordered))
    at = window.start + rng.integers(0, window.days, count) * DAY + 10 * HOUR
    at = at + rng.integers(0, 6 * HOUR, count)
    return order_rows(np.full(count, -1), at, TEST, False, has_visit=False)


def drawn_fates(rng, plan: Plan, placed: Columns, window: Window) -> Columns:
    """When each order is cancelled or refunded (0: never), and what share comes back."""
    at, outcome = placed["at"], placed["outcome"]
    count = len(at)
    is_part = (outcome == COUNTED) & (rng.random(count) < plan.partly_refunded)
    cancelled = at + rng.integers(10 * MINUTE, 20 * HOUR, count)
    refunded = at + rng.integers(DAY, 14 * DAY, count)
    changed = window.within(rng, at, np.where(outcome == CANCELLED, cancelled, refunded))
    is_changed = is_part | (outcome == CANCELLED) | (outcome == REFUNDED)
    part = rng.uniform(0.2, 0.7, count)
    return {
        "changed_at": np.where(is_changed, changed // SECOND * SECOND + SECOND, 0),
        "refund_share": np.where(is_part, part, np.where(is_changed, 1.0, 0.0)),
        "is_part_refund": is_part,
        "is_fulfilled_soon": rng.random(count) < 0.5,
    }


def drawn_baskets(rng, placed: Columns, people: People) -> Columns:
    """Lines, discounts, shipping, tax and totals."""
    shop = products()
    count = size_of(placed)
    line_count = 1 + chosen(rng, (0.55, 0.30, 0.15), count)
    product = chosen(rng, shop.weights, count * LINES).reshape(count, LINES)
    quantity = 1 + chosen(rng, (0.85, 0.12, 0.03), count * LINES).reshape(count, LINES)
    quantity = np.where(np.arange(LINES)[None, :] < line_count[:, None], quantity, 0)
    goods = (shop.prices[product] * quantity).sum(axis=1)
    percent = np.array([0, 10, 20])[chosen(rng, (0.8, 0.14, 0.06), count)]
    discount = goods * percent // 100
    net = goods - discount
    shipping = np.where((net < FREE_SHIPPING_FROM) & ~placed["is_in_store"], SHIPPING, 0)
    tax = np.rint(net * TAX).astype(np.int64)
    total = net + shipping + tax
    # A partial refund stays short of the total; a full one is the total to the penny.
    part = np.minimum((total * placed["refund_share"]).astype(np.int64), total - 1)
    refund = np.where(placed["refund_share"] == 1.0, total, part)
    is_euro = EURO_COUNTRIES[people.country[placed["person"]]] & (placed["person"] >= 0)
    return {
        **{f"product_{line}": product[:, line] for line in range(LINES)},
        **{f"quantity_{line}": quantity[:, line] for line in range(LINES)},
        "goods": goods,
        "percent": percent,
        "discount": discount,
        "net": net,
        "shipping": shipping,
        "tax": tax,
        "total": total,
        "refund": np.where(placed["changed_at"] > 0, refund, 0),
        "is_euro": is_euro,
    }
