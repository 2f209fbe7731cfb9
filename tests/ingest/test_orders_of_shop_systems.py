"""Orders and refunds of Square, Magento and BigCommerce."""

import json

from tests.ingest.records_of_tools import ADA, BOB

ORDERS = (
    "order_id, cast(ordered_at as varchar), customer_id, anonymous_id, email_key, status,"
    " cast(net_amount as varchar), cast(total_amount as varchar), currency, coupon,"
    " cast(cancelled_at as varchar)"
)
REFUNDS = (
    "refund_id, order_id, cast(refunded_at as varchar), cast(amount as varchar),"
    " cast(net_amount as varchar), currency"
)
TEN, NEXT_DAY = "2026-02-01 10:00:00", "2026-02-02 10:00:00"


def load(warehouse, kind: str, tool: str, content: object):
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/a.json", json.dumps(content))
    [result] = warehouse.load(kind).results
    assert (result.status, result.reason) == ("loaded", None)
    return result


def money(amount: object, currency: str = "GBP") -> dict:
    return {"amount": amount, "currency": currency}


def test_orders_of_square_are_in_the_smallest_unit_and_hold_tax_and_tips(warehouse) -> None:
    told = {"created_at": "2026-02-01T10:00:00Z", "updated_at": "2026-02-02T10:00:00Z"}
    bob = {"recipient": {"email_address": "bob@example.test"}}
    orders = [
        told | {"id": "a", "state": "COMPLETED", "customer_id": "C1",
                "metadata": {"customer_id": "7"}, "discounts": [{"name": "SPRING"}],
                "total_money": money(1500), "total_tax_money": money(200),
                "total_tip_money": money(100), "total_service_charge_money": money(0)},
        told | {"id": "b", "state": "OPEN", "total_money": money(500, "JPY"),
                "fulfillments": [{"type": "PICKUP", "pickup_details": bob}]},
        told | {"id": "c", "state": "CANCELED", "customer_id": "C1", "total_money": money(1)},
        told | {"id": "d", "state": "A STATE OF OURS", "customer_id": "C1",
                "total_money": money(1), "total_tax_money": money("some")},
        told | {"id": "e", "state": "DRAFT", "total_money": money(1)},
    ]  # fmt: skip
    result = load(warehouse, "orders", "square", {"orders": orders, "cursor": "x"})
    assert (result.delivered, result.loaded) == (5, 3)
    assert warehouse.rows("orders", ORDERS) == [
        ("a", TEN, "7", "square:C1", None, "fulfilled", "12.00", "15.00", "GBP", "SPRING", None),
        ("b", TEN, None, None, BOB, "placed", "500.00", "500.00", "JPY", None, None),
        ("c", TEN, None, "square:C1", None, "cancelled", "0.01", "0.01", "GBP", None, NEXT_DAY),
    ]
    assert warehouse.quarantine("orders", "reason, value") == [
        ("net_amount_not_a_number", "some"),
        ("no_identifier", None),
    ]


def test_refunds_of_square_count_once_they_are_paid(warehouse) -> None:
    told = {"order_id": "a", "created_at": "2026-02-02T10:00:00Z", "amount_money": money(250)}
    refunds = [
        told | {"id": "r1", "status": "COMPLETED"},
        told | {"id": "r2", "status": "PENDING"},
        told | {"id": "r3", "status": "REJECTED", "order_id": None},
    ]
    result = load(warehouse, "refunds", "square", {"refunds": refunds})
    assert (result.delivered, result.loaded) == (3, 2)
    assert warehouse.rows("refunds", REFUNDS) == [
        ("r1", "a", NEXT_DAY, "2.50", None, "GBP"),
        ("r2", "a", NEXT_DAY, "0.00", None, "GBP"),
    ]
    assert warehouse.quarantine("refunds", "reason") == [("order_id_missing",)]


MAGENTO = {"created_at": TEN, "updated_at": NEXT_DAY, "order_currency_code": "EUR",
           "customer_email": "ada@example.test", "grand_total": 25.6}  # fmt: skip


def test_orders_of_magento(warehouse) -> None:
    items = [
        MAGENTO | {"increment_id": "000000001", "state": "complete", "customer_id": 7,
                   "subtotal": 20, "discount_amount": -3.5, "shipping_discount_amount": 1,
                   "discount_tax_compensation_amount": 0.5, "coupon_code": "SPRING"},
        # A guest; what was paid back in full was paid.
        MAGENTO | {"increment_id": "000000002", "state": "closed", "subtotal": "8.0000",
                   "customer_email": "bob@example.test"},
        MAGENTO | {"increment_id": "000000003", "state": "canceled", "subtotal": 1},
        MAGENTO | {"increment_id": "000000004", "state": "a state of ours", "subtotal": 1},
        MAGENTO | {"increment_id": "000000005", "state": "new", "subtotal": "?"},
        MAGENTO | {"increment_id": "000000006", "state": "new", "subtotal": 1,
                   "discount_amount": "?"},
    ]  # fmt: skip
    result = load(warehouse, "orders", "magento", {"items": items, "total_count": 6})
    assert (result.delivered, result.loaded) == (6, 4)
    assert warehouse.rows("orders", ORDERS) == [
        ("000000001", TEN, "7", None, ADA, "fulfilled", "18.00", "25.60", "EUR", "SPRING", None),
        ("000000002", TEN, None, None, BOB, "paid", "8.00", "25.60", "EUR", None, None),
        ("000000003", TEN, None, None, ADA, "cancelled", "1.00", "25.60", "EUR", None, NEXT_DAY),
        ("000000004", TEN, None, None, ADA, "a_state_of_ours", "1.00", "25.60", "EUR", None, None),
    ]
    reasons = warehouse.quarantine("orders", "reason, file_row")
    assert reasons == [("net_amount_not_a_number", 5), ("net_amount_not_a_number", 6)]


def test_refunds_of_magento_are_sums_of_their_orders(warehouse) -> None:
    items = [
        MAGENTO | {"increment_id": "1", "total_refunded": 6, "subtotal_refunded": 5,
                   "discount_refunded": -1},
        MAGENTO | {"increment_id": "2", "total_refunded": 0},
        MAGENTO | {"increment_id": "3"},
        MAGENTO | {"increment_id": "4", "total_refunded": "much"},
    ]  # fmt: skip
    result = load(warehouse, "refunds", "magento", {"items": items})
    assert (result.records, result.delivered, result.loaded) == (4, 2, 1)
    assert warehouse.rows("refunds", REFUNDS) == [
        ("1:refunded", "1", NEXT_DAY, "6.00", "4.00", "EUR")
    ]
    assert warehouse.quarantine("refunds", "reason, value") == [("amount_not_a_number", "much")]


BIGCOMMERCE = {
    "date_created": "Sun, 01 Feb 2026 10:00:00 +0000",
    "date_modified": "Mon, 02 Feb 2026 11:00:00 +0100",
    "subtotal_ex_tax": "20.0000", "total_inc_tax": "26.0000", "discount_amount": "1.0000",
    "coupon_discount": "1.5000", "currency_code": "EUR", "default_currency_code": "GBP",
    "billing_address": {"email": "ada@example.test"},
}  # fmt: skip


def test_orders_of_bigcommerce(warehouse) -> None:
    orders = [
        BIGCOMMERCE | {"id": 1, "customer_id": 7, "status_id": 10},
        BIGCOMMERCE | {"id": 2, "customer_id": 0, "status_id": 4},
        BIGCOMMERCE | {"id": 3, "customer_id": 0, "status_id": 5},
        BIGCOMMERCE | {"id": 4, "customer_id": 0, "status_id": 99},
        BIGCOMMERCE | {"id": 5, "customer_id": 0, "status_id": 0},
        BIGCOMMERCE | {"id": 6, "status_id": 11, "coupon_discount": "half"},
        BIGCOMMERCE | {"id": 7, "status_id": 11, "date_created": "some day"},
        BIGCOMMERCE | {"id": 8, "status_id": 11, "is_deleted": True},
    ]
    result = load(warehouse, "orders", "bigcommerce", orders)
    assert (result.delivered, result.loaded) == (8, 6)
    amounts = ("17.50", "26.00", "GBP", None)
    assert warehouse.rows("orders", ORDERS) == [
        ("1", TEN, "7", None, ADA, "fulfilled", *amounts, None),
        ("2", TEN, None, None, ADA, "paid", *amounts, None),
        ("3", TEN, None, None, ADA, "cancelled", *amounts, NEXT_DAY),
        ("4", TEN, None, None, ADA, "status_99", *amounts, None),
        ("5", TEN, None, None, ADA, "pending", *amounts, None),
        ("8", TEN, None, None, ADA, "voided", *amounts, None),
    ]
    assert warehouse.quarantine("orders", "reason, value") == [
        ("net_amount_not_a_number", "half"),
        ("ordered_at_not_a_timestamp", "some day"),
    ]


def test_refunds_of_bigcommerce_are_sums_of_their_orders(warehouse) -> None:
    orders = [
        BIGCOMMERCE | {"id": 1, "refunded_amount": "5.0000"},
        BIGCOMMERCE | {"id": 2, "refunded_amount": "0.0000"},
    ]
    result = load(warehouse, "refunds", "bigcommerce", orders)
    assert (result.records, result.delivered, result.loaded) == (2, 1, 1)
    assert warehouse.rows("refunds", REFUNDS) == [
        ("1:refunded", "1", NEXT_DAY, "5.00", None, "GBP")
    ]
