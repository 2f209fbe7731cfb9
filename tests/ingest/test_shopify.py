"""Shopify's orders, and the refunds that come in them."""

import json

from tests.ingest.records_of_tools import ADA, BOB, DATA, load_one


def test_shopify_orders(warehouse) -> None:
    result = load_one(warehouse, "orders", "shopify", "shopify_orders.json")
    assert (result.delivered, result.loaded) == (4, 4)
    rows = warehouse.rows(
        "orders",
        "order_id, cast(ordered_at as varchar), customer_id, email_key, status,"
        " cast(net_amount as varchar), cast(total_amount as varchar),"
        " cast(shipping_amount as varchar), currency, coupon, cast(cancelled_at as varchar),"
        " is_test",
    )
    assert rows == [
        ("1", "2026-02-01 16:59:00", "71", ADA, "paid", "90.00", "113.00", "5.00", "GBP",
         "SAVE10", None, False),
        # 120 with taxes; 21 in all, 1 of it the shipping's.
        ("2", "2026-02-01 13:00:00", None, BOB, "fulfilled", "100.00", "126.00", "6.00", "GBP",
         None, None, False),
        ("3", "2026-02-01 14:00:00", "72", None, "voided", "1.00", "1.00", None, "EUR",
         None, "2026-02-02 00:00:00", True),
        ("4", "2026-02-01 15:00:00", "73", None, "pending", "2.00", None, "3.50", "GBP",
         None, None, False),
    ]  # fmt: skip


REFUNDS = [
    ("21", "2", "2026-02-03 09:00:00", "21.50", "GBP"),
    ("22", "2", "2026-02-04 08:00:00", "0.00", "GBP"),
    ("23", "2", "2026-02-05 09:00:00", "0.00", "GBP"),
]
REFUND_COLUMNS = (
    "refund_id, order_id, cast(refunded_at as varchar), cast(amount as varchar), currency"
)


def test_shopify_refunds_ride_in_orders(warehouse) -> None:
    result = load_one(warehouse, "refunds", "shopify", "shopify_orders.json")
    assert (result.records, result.delivered, result.loaded) == (4, 4, 3)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == REFUNDS
    assert warehouse.quarantine("refunds", "reason, value, file_row") == [
        ("amount_not_a_number", "?", 2)
    ]


def test_shopify_refunds_come_by_themselves_too(warehouse) -> None:
    warehouse.source("refunds", "shopify")
    order = json.loads((DATA / "shopify_orders.json").read_text())["orders"][1]
    refunds = [{**refund, "order_id": 2, "currency": "GBP"} for refund in order["refunds"][:3]]
    warehouse.deliver("refunds/a.json", json.dumps({"refunds": refunds[:2]}))
    warehouse.deliver("refunds/b.json", json.dumps({"refund": refunds[2]}))
    warehouse.load("refunds")
    assert warehouse.rows("refunds", REFUND_COLUMNS) == REFUNDS
