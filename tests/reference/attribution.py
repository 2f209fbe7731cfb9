"""Which touches brought an order, and what eight models credit to them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .current import winners
from .fitted_attribution import Path, removal_effects, shapley_values, shared_credits
from .orders import CENT, SettledOrder, rounded
from .people import Person
from .periods import Calendar
from .recount import Recount
from .rows import AdSpend
from .visits import Visit

UNATTRIBUTED = "unattributed"
MODELS = (
    "first",
    "last",
    "last_non_direct",
    "linear",
    "position",
    "time_decay",
    "markov",
    "shapley",
)
WEEK = timedelta(days=7)
TWELVE_DIGITS = Decimal("1e-12")
Shares = list[Fraction] | list[float]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A counted order with the visits that may have brought it."""

    person: Person
    order: SettledOrder
    is_first: bool
    touches: list[Visit]

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(visit.channel for visit in self.touches)


class Attribution:
    def __init__(self, recounted: Recount, spend: Iterable[AdSpend] = ()):
        self.recounted = recounted
        self.run = recounted.run
        self.calendar = Calendar(self.run.reporting_time_zone)
        self.spend = list(spend)
        self.conversions = [
            conversion
            for person in recounted.people
            for conversion in conversions_of(
                person, self.run.attribution_lookback_days, self.run.split_by_order
            )
        ]
        self.paths = [Path(each.channels, True) for each in self.conversions if each.touches]
        self.open_paths = {
            person.person_id: touches
            for person in recounted.people
            if (touches := open_path_of(person, self.run.attribution_lookback_days))
        }
        self.paths += [
            Path(tuple(visit.channel for visit in touches), False)
            for touches in self.open_paths.values()
        ]
        self.removal_effects = removal_effects(self.paths)
        self.fitted = {
            "markov": shared_credits(self.paths, self.removal_effects),
            "shapley": shared_credits(self.paths, shapley_values(self.paths)),
        }

    # ---------------------------------------------------------------- the two tables

    def by_order(self) -> dict[tuple, dict]:
        """Keys: attribution_model, the order's touchpoint_id, touch_number."""
        table = {}
        for conversion in self.conversions:
            for model in MODELS:
                touches = conversion.touches or [None]
                shares = self.shares(conversion, model) if conversion.touches else [Fraction(1)]
                revenues = revenue_credits(conversion.order.net_revenue, shares)
                for number, visit in enumerate(touches):
                    if round(float(shares[number]), 12) == 0:
                        continue
                    key = (
                        model,
                        conversion.order.touchpoint_id,
                        None if visit is None else number + 1,
                    )
                    table[key] = {
                        "order_id": conversion.order.row.order_id,
                        "ordered_at": conversion.order.ordered_at,
                        "order_month": self.calendar.month(conversion.order.ordered_at),
                        "is_first_order": conversion.is_first,
                        "visit_id": None if visit is None else visit.visit_id,
                        "channel": UNATTRIBUTED if visit is None else visit.channel,
                        "credit": float(shares[number]),
                        "revenue_credit": revenues[number],
                    }
        return table

    def by_channel(self) -> dict[tuple, dict]:
        """Keys: attribution_model, month (None: overall), channel."""
        costs = self.costs()
        credited: dict[tuple, list[dict]] = defaultdict(list)
        for (model, _, _), row in self.by_order().items():
            for month in (row["order_month"], None):
                credited[model, month, row["channel"]].append(row)
        cells = {(month, channel) for _, month, channel in credited} | set(costs)
        cells |= {(None, channel) for channel in self.removal_effects}
        return {
            (model, month, channel): self.cell(
                model, month, channel, credited[model, month, channel], costs.get((month, channel))
            )
            for month, channel in cells
            for model in MODELS
        }

    def cell(
        self, model: str, month: date | None, channel: str, rows: list[dict], cost: Decimal | None
    ) -> dict:
        conversions = sum(row["credit"] for row in rows)
        revenue = sum((row["revenue_credit"] or 0 for row in rows), Decimal("0.00"))
        effect = None
        if model == "markov" and month is None and channel in self.removal_effects:
            effect = float(self.removal_effects[channel])
        return {
            "conversions": float(conversions),
            "first_order_conversions": float(
                sum(row["credit"] for row in rows if row["is_first_order"])
            ),
            "revenue": revenue,
            "removal_effect": effect,
            "cost": cost,
            "cost_per_conversion": float(cost) / conversions if rows and cost is not None else None,
            "roas": float(revenue) / float(cost) if cost else None,
        }

    # ---------------------------------------------------------------- credits

    def shares(self, conversion: Conversion, model: str) -> Shares:
        if model in self.fitted:
            channels = conversion.channels
            credits = self.fitted[model][frozenset(channels)]
            return [credits[channel] / channels.count(channel) for channel in channels]
        return RULES[model](conversion)

    def costs(self) -> dict[tuple[date | None, str], Decimal]:
        costs: dict[tuple[date | None, str], Decimal] = defaultdict(Decimal)
        for row in winners(self.spend):
            if datetime.combine(row.spend_date, time()) >= self.run.as_of:
                continue
            rate = self.rate_of(row)
            if rate is not None:
                for month in (row.spend_date.replace(day=1), None):
                    costs[month, row.channel] += rounded(row.amount * rate)
        return costs

    def rate_of(self, row: AdSpend) -> Decimal | None:
        if row.currency == self.run.reporting_currency:
            return Decimal(1)
        known = self.recounted.seeds.rates.get((row.currency, self.run.reporting_currency), [])
        position = bisect_right([day for day, _ in known], row.spend_date)
        return known[position - 1][1] if position else None


# ---------------------------------------------------------------- touches


def touches_of(person: Person) -> list[Visit]:
    """One touch a visit; an order, a ticket or an answer without web, e-mail or message is none."""
    return [
        visit
        for visit in person.visits
        if any(
            each.is_web
            or each.kind == "email_events"
            or each.touchpoint.startswith(("sms:", "push:"))
            for each in visit.touchpoints
        )
    ]


def conversions_of(person: Person, lookback_days: int, split_by_order: bool) -> list[Conversion]:
    conversions = []
    previous: SettledOrder | None = None
    for order in person.orders:
        touches = []
        for visit in touches_of(person):
            is_of_the_order = any(
                each.touchpoint_id == order.touchpoint_id for each in visit.touchpoints
            )
            age = order.ordered_at - visit.started_at
            is_recent = timedelta(0) <= age <= timedelta(days=lookback_days)
            is_taken = split_by_order and previous and visit.started_at <= previous.ordered_at
            if is_of_the_order or (is_recent and not is_taken):
                touches.append(visit)
        conversions.append(Conversion(person, order, previous is None, touches))
        previous = order
    return conversions


def open_path_of(person: Person, lookback_days: int) -> list[Visit]:
    """The touches that may still lead to an order."""
    touches = touches_of(person)
    if person.orders:
        last_order = max(order.ordered_at for order in person.orders)
        touches = [visit for visit in touches if visit.started_at > last_order]
    if not touches:
        return []
    earliest = max(visit.started_at for visit in touches) - timedelta(days=lookback_days)
    return [visit for visit in touches if visit.started_at >= earliest]


# ---------------------------------------------------------------- rules


def first(conversion: Conversion) -> Shares:
    return [Fraction(number == 0) for number in range(len(conversion.touches))]


def last(conversion: Conversion) -> Shares:
    return first(conversion)[::-1]


def last_non_direct(conversion: Conversion) -> Shares:
    others = [n for n, channel in enumerate(conversion.channels) if channel != "direct"]
    chosen = others[-1] if others else len(conversion.touches) - 1
    return [Fraction(number == chosen) for number in range(len(conversion.touches))]


def linear(conversion: Conversion) -> Shares:
    return [Fraction(1, len(conversion.touches))] * len(conversion.touches)


def position(conversion: Conversion) -> Shares:
    count = len(conversion.touches)
    if count <= 2:
        return linear(conversion)
    end = Fraction(2, 5)
    return [end, *[Fraction(1, 5) / (count - 2)] * (count - 2), end]


def time_decay(conversion: Conversion) -> Shares:
    ages = [conversion.order.ordered_at - visit.started_at for visit in conversion.touches]
    weights = [2 ** -(age / WEEK) for age in ages]
    return [weight / sum(weights) for weight in weights]


RULES = {rule.__name__: rule for rule in (first, last, last_non_direct, linear, position)} | {
    "time_decay": time_decay
}


def revenue_credits(revenue: Decimal | None, shares: Shares) -> list[Decimal | None]:
    """What is credited up to a touch, rounded, less what was credited before it."""
    if revenue is None:
        return [None] * len(shares)
    credits = []
    share, before = Fraction(0), Decimal("0.00")
    for number, each in enumerate(shares):
        share = share + each if number < len(shares) - 1 else Fraction(1)
        said = Decimal(float(share)).quantize(TWELVE_DIGITS, rounding=ROUND_HALF_UP)
        through = (revenue * said).quantize(CENT, rounding=ROUND_HALF_UP)
        credits.append(through - before)
        before = through
    return credits
