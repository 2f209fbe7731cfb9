"""Stripe's charges and refunds, of its API and of its dashboard."""

import json

import pytest

from tests.ingest.records_of_tools import ADA, BOB, load_one

ORDER_COLUMNS = (
    "order_id, cast(ordered_at as varchar), customer_id, anonymous_id, email_key, status,"
    " cast(net_amount as varchar), currency, is_test"
)
REFUND_COLUMNS = (
    "refund_id, order_id, cast(refunded_at as varchar), cast(amount as varchar), currency"
)
NOON, ELEVEN = "2026-02-01 12:00:00", "2026-02-01 11:00:00"


def test_charges_of_the_api_are_orders(warehouse) -> None:
    result = load_one(warehouse, "orders", "stripe", "stripe_charges.json")
    assert (result.delivered, result.loaded) == (6, 5)
    assert warehouse.rows("orders", ORDER_COLUMNS) == [
        ("ch_1", ELEVEN, "7", "stripe:cus_1", ADA, "paid", "12.99", "EUR", False),
        # The yen has no smaller unit; the receipt's address is before that of the customer.
        ("ch_2", ELEVEN, None, "stripe:cus_2", BOB, "paid", "500.00", "JPY", True),
        # A charge that failed is no order that counts, one that was only authorised not yet.
        ("ch_3", ELEVEN, None, "stripe:cus_1", None, "failed", "5.12", "KWD", False),
        ("ch_4", ELEVEN, None, "stripe:cus_1", None, "pending", "5.00", "UGX", False),
        ("ch_5", ELEVEN, None, "stripe:cus_1", None, "paid", "10.00", "USD", False),
    ]
    assert warehouse.quarantine("orders", "reason, file_row") == [("net_amount_not_a_number", 6)]


def test_payments_of_the_dashboard_are_the_same_orders(warehouse) -> None:
    result = load_one(warehouse, "orders", "stripe", "stripe_payments.csv")
    assert (result.delivered, result.loaded) == (3, 3)
    assert warehouse.rows("orders", ORDER_COLUMNS) == [
        ("ch_1", ELEVEN, None, "stripe:cus_1", ADA, "paid", "12.99", "EUR", False),
        ("ch_2", ELEVEN, None, None, BOB, "paid", "500.00", "JPY", True),
        ("ch_3", ELEVEN, None, "stripe:cus_3", None, "failed", "1.00", "USD", False),
    ]


def test_refunds_in_charges_and_a_sum_without_a_date(warehouse) -> None:
    result = load_one(warehouse, "refunds", "stripe", "stripe_charges.json")
    assert (result.records, result.delivered, result.loaded) == (6, 3, 2)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("re_1", "ch_1", NOON, "2.00", "EUR"),
        ("re_2", "ch_1", "2026-02-01 13:00:00", "0.00", "EUR"),  # it failed
    ]
    # A charge says that all of it was given back, but not when.
    assert warehouse.quarantine("refunds", "reason, file_row") == [("refunded_at_missing", 5)]


def test_refunds_of_the_dashboard_are_sums(warehouse) -> None:
    result = load_one(warehouse, "refunds", "stripe", "stripe_payments.csv")
    assert (result.records, result.delivered, result.loaded) == (3, 1, 1)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("ch_1:refunded", "ch_1", NOON, "2.00", "EUR")
    ]


@pytest.mark.parametrize("charge", ["ch_1", {"id": "ch_1", "object": "charge", "currency": "eur"}])
def test_refunds_by_themselves_name_their_charge_or_hold_it(warehouse, charge: object) -> None:
    warehouse.source("refunds", "stripe")
    refund = {
        "id": "re_1", "object": "refund", "created": 1769947200, "amount": 200, "currency": "eur",
        "charge": charge, "status": "succeeded",
    }  # fmt: skip
    warehouse.deliver("refunds/a.jsonl", [refund, refund | {"id": "re_2", "status": "pending"}])
    warehouse.deliver("refunds/b.json", json.dumps({"data": [refund | {"id": "re_3"}]}))
    warehouse.load("refunds")
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("re_1", "ch_1", NOON, "2.00", "EUR"),
        ("re_2", "ch_1", NOON, "0.00", "EUR"),
        ("re_3", "ch_1", NOON, "2.00", "EUR"),
    ]
