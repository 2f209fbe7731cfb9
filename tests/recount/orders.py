"""Which orders count, from the order feed or from web purchases, and what they were worth."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

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

    refunded: dict[tuple, Decimal] = defaultdict(Decimal)
    for refund in refunds:
        refunded[address(refund)] += refund.amount
    # Of equally numbered orders of several feeds the earliest takes the refunds.
    return [
        settle(order, refunded.pop(address(order), Decimal(0)), run, rates, calendar)
        for order in sorted(orders, key=lambda order: (order.ordered_at, order.source))
        if not order.is_test
    ]


def settle(
    order: Order, refunded: Decimal, run: Run, rates: Rates, calendar: Calendar
) -> SettledOrder:
    charged = order.net_amount if order.total_amount is None else order.total_amount
    is_cancelled = order.cancelled_at is not None and order.cancelled_at < run.as_of
    is_refunded_in_full = charged > 0 and refunded >= charged
    rate = rate_of(order, run, rates, calendar)
    net_revenue = None
    if rate is not None:
        net_revenue = max(rounded((order.net_amount - refunded) * rate), Decimal("0.00"))
    return SettledOrder(
        row=order,
        is_counted=not (order.status in NEVER_COUNTED or is_cancelled or is_refunded_in_full),
        net_revenue=net_revenue,
    )


def rounded(amount: Decimal) -> Decimal:
    """To cents, half away from zero (which is what decimal calls half up)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def rate_of(order: Order, run: Run, rates: Rates, calendar: Calendar) -> Decimal | None:
    """The rate of the order's day, or the last one before it."""
    if order.currency == run.reporting_currency:
        return Decimal(1)
    known = rates.get((order.currency, run.reporting_currency), [])
    position = bisect_right([day for day, _ in known], calendar.day(order.ordered_at))
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
        )
        for event in events
        if event.event_name == "refund" and event.order_id not in (None, "", "(not set)")
    ]
