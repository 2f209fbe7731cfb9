"""Which orders count and what they are worth, worked out on paper."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from .by_hand import AS_OF, MICROSECOND, at, counted, order, stages, web
from .choices import BOT_AGENT
from .recount import recount
from .rows import Refund, gathered
from .run import Run
from .seeds import DEFAULTS


@pytest.mark.parametrize(
    ("columns", "refunds", "is_counted"),
    [
        ({"status": "paid"}, [], True),
        ({"status": None}, [], True),
        ({"status": "pending"}, [], True),
        ({"status": "voided"}, [], False),
        ({"cancelled_at": AS_OF}, [], True),
        ({"cancelled_at": AS_OF - MICROSECOND}, [], False),
        ({}, [("10.00", AS_OF - MICROSECOND)], False),
        ({}, [("10.00", AS_OF)], True),
        ({}, [("9.99", at("03-05 00:00"))], True),
        ({}, [("5.00", at("03-05 00:00")), ("5.00", at("03-06 00:00"))], False),
        ({"total_amount": Decimal("12.00")}, [("10.00", at("03-05 00:00"))], True),
        ({"total_amount": Decimal("12.00")}, [("12.00", at("03-05 00:00"))], False),
        ({"net_amount": Decimal("0.00")}, [("0.00", at("03-05 00:00"))], True),
    ],
)
def test_which_orders_count(columns, refunds, is_counted):
    first = order("03-01 09:00")
    for name, value in columns.items():
        setattr(first, name, value)
    recounted = counted(
        [
            first,
            *(
                Refund(refund_id=f"r{number}", order_id="o1", refunded_at=when, amount=Decimal(sum))
                for number, (sum, when) in enumerate(refunds)
            ),
        ]
    )
    (touchpoint,) = recounted.touchpoints
    assert touchpoint.touchpoint == ("order:placed" if is_counted else "order:cancelled")
    assert stages(recounted)[:1] == (["purchase"] if is_counted else [])


def test_net_revenue_is_less_refunds_not_below_zero_and_converted_at_the_rate_of_the_orders_day():
    known = [(date(2026, 2, 27), Decimal("0.85")), (date(2026, 3, 2), Decimal("0.90"))]
    rates = {("EUR", "GBP"): known}
    rows = [
        order("03-01 09:00", "gbp", "10.00"),
        Refund(refund_id="a", order_id="gbp", refunded_at=at("04-01 00:00"), amount=Decimal(4)),
        order("03-01 09:00", "below", "10.00", total_amount=Decimal(15)),
        Refund(
            refund_id="b",
            order_id="below",
            refunded_at=at("04-01 00:00"),
            amount=Decimal(12),
            net_amount=Decimal(11),
        ),
        # The goods are two thirds of what was charged, so of what was paid back.
        order("03-01 09:00", "shared", "10.00", total_amount=Decimal(15)),
        Refund(refund_id="s", order_id="shared", refunded_at=at("04-01 00:00"), amount=Decimal(12)),
        order("03-01 09:00", "abroad", "10.00"),
        Refund(
            refund_id="d",
            order_id="abroad",
            refunded_at=at("04-01 00:00"),
            amount=Decimal(10),
            currency="XTS",
        ),
        order("03-01 09:00", "eur", "10.01", currency="EUR"),  # 10.01 x 0.85 = 8.5085
        order("03-02 00:00", "half", "0.05", currency="EUR"),  # 0.05 x 0.90 = 0.045 -> 0.05
        order("02-26 09:00", "before", "10.00", currency="EUR"),
        order("03-01 09:00", "none", "10.00", currency="XXX"),
        order("03-01 09:00", "test", "10.00", is_test=True),
    ]
    seeds = replace(DEFAULTS, rates=rates)
    recounted = recount(gathered(rows), Run(as_of=AS_OF), seeds)
    assert {each.row.order_id: each.net_revenue for each in recounted.orders} == {
        "gbp": Decimal("6.00"),
        "below": Decimal("0.00"),
        "shared": Decimal("2.00"),
        "abroad": Decimal("10.00"),  # no rate for what was paid back: it is left out
        "eur": Decimal("8.51"),
        "half": Decimal("0.05"),
        "before": None,
        "none": None,
    }
    # More of the goods was taken back than was ordered: no order is left.
    assert [o.row.order_id for o in recounted.orders if not o.is_counted] == ["below"]


def test_of_equally_numbered_orders_of_several_feeds_the_earliest_takes_the_refunds():
    recounted = counted(
        [
            order("03-02 09:00", "o1", "10.00"),
            order("03-01 09:00", "o1", "10.00", source="old_shop"),
            Refund(refund_id="a", order_id="o1", refunded_at=at("04-01 00:00"), amount=Decimal(4)),
        ]
    )
    assert {each.touchpoint_id: each.net_revenue for each in recounted.orders} == {
        "orders:old_shop:o1": Decimal(6),
        "orders:shop:o1": Decimal(10),
    }


def test_web_purchases_of_humans_are_the_orders_where_there_is_no_order_feed():
    recounted = counted(
        [
            web("03-01 09:00", "purchase", event_id="a", order_id="T1", revenue=Decimal(20)),
            web("03-01 09:01", "purchase", event_id="b", order_id="T1", revenue=Decimal(99)),
            web("03-02 09:00", "purchase", event_id="c", order_id="(not set)"),
            web("03-02 09:00", "purchase", event_id="d", order_id="T2", user_agent=BOT_AGENT),
            web("03-03 09:00", "purchase", event_id="e", order_id="T3", revenue=Decimal(5)),
            web("03-04 09:00", "refund", event_id="f", order_id="T3", revenue=Decimal(5)),
            web("03-04 09:10", "refund", event_id="g", order_id="T1", revenue=Decimal(8)),
        ],
        orders_from="web",
    )
    assert {
        each.touchpoint_id: (each.is_counted, each.net_revenue) for each in recounted.orders
    } == {
        "orders:shop:T1": (True, Decimal(12)),
        "orders:shop:c": (True, Decimal(0)),
        "orders:shop:T3": (False, Decimal(0)),
    }
    # five purchase events and three orders; the refunds are no touchpoints
    assert len(recounted.touchpoints) == 8
