"""Which orders count, from the order feed or from web purchases, and what they were worth."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .periods import Calendar
from .rows import Order, Raw, Refund, WebEvent
from .run import Run

CENT = Decimal("0.01")
NEVER_COUNTED = {"failed", "voided", "cancelled"}

# (currency, reporting currency) -> [(day of the rate, what one unit of the currency is worth)]
Rates = dict[tuple[str, str], list[tuple[date, Decimal]]]


@dataclass(slots=True, kw_only=True)
class SettledOrder:
    """An order that is not a test, as it stands at as_of."""

    row: Order
    is_counted: bool
    paid_back: Decimal  # in the order's currency
    rate: Decimal | None  # to the reporting currency
    net_revenue: Decimal | None  # in the reporting currency; None without a rate

    @property
    def touchpoint_id(self) -> str:
        return self.row.touchpoint_id

    @property
    def ordered_at(self) -> datetime:
        return self.row.ordered_at


def settled_orders(current: Raw, run: Run, rates: Rates, is_bot) -> list[SettledOrder]:
    calendar = Calendar(run.reporting_time_zone)
    if run.orders_from == "web":
        events = current["web_events"]
        orders = web_orders([event for event in events if not is_bot(event)], run)
        refunds = web_refunds(events)
    else:
        orders, refunds = current["orders"], current["refunds"]

    def address(row: Order | Refund) -> tuple[str | None, str]:
        # Feeds of orders and of refunds are different sources, so that only the order_id is
        # common to them; web orders and web refunds are events of one source.
        return (row.source if run.orders_from == "web" else None, row.order_id)

    refunds_of: dict[tuple, list[Refund]] = defaultdict(list)
    for refund in refunds:
        refunds_of[address(refund)].append(refund)
    # Of equally numbered orders of several feeds the earliest takes the refunds.
    return [
        settle(order, refunds_of.pop(address(order), []), run, rates, calendar)
        for order in sorted(orders, key=lambda order: (order.ordered_at, order.source))
        if not order.is_test
    ]


def settle(
    order: Order, refunds: list[Refund], run: Run, rates: Rates, calendar: Calendar
) -> SettledOrder:
    total = order.total_amount
    charged = order.net_amount if total is None else total
    is_cancelled = order.cancelled_at is not None and order.cancelled_at < run.as_of
    goods_part = Fraction(1)
    if total is not None and total > 0:
        goods_part = Fraction(order.net_amount) / Fraction(total)
    paid_back = goods_told = Decimal(0)
    goods = Fraction(0)
    for refund in refunds:
        amount = in_currency_of(order, refund, refund.amount, run, rates, calendar)
        if amount is None:
            continue
        paid_back += amount
        if refund.net_amount is None:
            goods += Fraction(amount) * goods_part
        else:
            said = in_currency_of(order, refund, refund.net_amount, run, rates, calendar)
            goods += Fraction(said)
            goods_told += said
    is_refunded_in_full = (charged > 0 and paid_back >= charged) or (
        order.net_amount > 0 and goods_told >= order.net_amount
    )
    rate = rate_on(order.currency, calendar.day(order.ordered_at), run, rates)
    net_revenue = None
    if rate is not None:
        left = order.net_amount - cents(goods)
        net_revenue = max(rounded(left * rate), Decimal("0.00"))
    return SettledOrder(
        row=order,
        is_counted=not (order.status in NEVER_COUNTED or is_cancelled or is_refunded_in_full),
        paid_back=paid_back,
        rate=rate,
        net_revenue=net_revenue,
    )


def rounded(amount: Decimal) -> Decimal:
    """To cents, half away from zero (which is what decimal calls half up)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def cents(amount: Fraction) -> Decimal:
    """An exact amount rounded to cents, half away from zero."""
    doubled = abs(amount) * 200
    whole = (doubled.numerator // doubled.denominator + 1) // 2
    return (Decimal(whole) / 100).copy_sign(Decimal(1) if amount >= 0 else Decimal(-1))


def in_currency_of(
    order: Order, refund: Refund, amount: Decimal, run: Run, rates: Rates, calendar: Calendar
) -> Decimal | None:
    """An amount of a refund in its order's currency, at the rates of the refund's day."""
    currency = refund.currency or order.currency
    if currency == order.currency:
        return amount
    day = calendar.day(refund.refunded_at)
    own, ordered = (rate_on(each, day, run, rates) for each in (currency, order.currency))
    if own is None or ordered is None:
        return None
    return cents(Fraction(amount) * Fraction(own) / Fraction(ordered))


def rate_on(currency: str, day: date, run: Run, rates: Rates) -> Decimal | None:
    """The rate of that day, or the last one before it."""
    if currency == run.reporting_currency:
        return Decimal(1)
    known = rates.get((currency, run.reporting_currency), [])
    position = bisect_right([each for each, _ in known], day)
    return known[position - 1][1] if position else None


def web_orders(human_events: list[WebEvent], run: Run) -> list[Order]:
    """The first purchase event of every order_id within its source is the order."""
    orders: dict[tuple[str, str], Order] = {}
    purchases = [event for event in human_events if event.event_name == "purchase"]
    for event in sorted(purchases, key=lambda event: (event.occurred_at, event.event_id)):
        has_order_id = event.order_id not in (None, "", "(not set)")
        order_id = event.order_id if has_order_id else event.event_id
        orders.setdefault(
            (event.source, order_id),
            Order(
                source=event.source,
                order_id=order_id,
                ordered_at=event.occurred_at,
                anonymous_id=event.anonymous_id,
                customer_id=event.customer_id,
                email_key=event.email_key,
                net_amount=Decimal(0) if event.revenue is None else event.revenue,
                currency=event.currency or run.reporting_currency,
                status="placed",
            ),
        )
    return list(orders.values())


def web_refunds(events: list[WebEvent]) -> list[Refund]:
    return [
        Refund(
            source=event.source,
            refund_id=event.event_id,
            order_id=event.order_id,
            refunded_at=event.occurred_at,
            amount=Decimal(0) if event.revenue is None else event.revenue,
            currency=event.currency,
        )
        for event in events
        if event.event_name == "refund" and event.order_id not in (None, "", "(not set)")
    ]
