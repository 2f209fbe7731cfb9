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


ORDER_COLUMNS = (
    "order_id, cast(ordered_at as varchar), customer_id, email_key, status,"
    " cast(net_amount as varchar), cast(total_amount as varchar), cast(tax_amount as varchar),"
    " cast(shipping_amount as varchar), currency, coupon, channel_hint,"
    " cast(cancelled_at as varchar), is_test"
)


def test_the_exported_csv_has_its_orders_in_their_first_lines(warehouse) -> None:
    """The lines of further items are read, and are no orders of their own."""
    result = load_one(warehouse, "orders", "shopify", "shopify_export.csv")
    assert (result.records, result.delivered, result.loaded) == (8, 5, 3)
    assert warehouse.rows("orders", ORDER_COLUMNS) == [
        ("4501", "2026-02-01 17:00:00", None, ADA, "paid", "90.00", "113.00", "18.00", "5.00",
         "GBP", "SAVE10", "web", None, False),
        # The total is reached without the taxes: prices include them, 20 of 21 those of goods.
        ("4502", "2026-02-01 13:00:00", None, BOB, "fulfilled", "100.00", "126.00", "21.00",
         "6.00", "GBP", None, "web", None, False),
        ("4504", "2026-02-01 15:00:00", None, BOB, "paid", "2.00", "2.00", "0.00", "0.00", "EUR",
         None, "shopify_draft_order", "2026-02-04 08:00:00", False),
    ]  # fmt: skip
    assert warehouse.quarantine("orders", "reason, file_row") == [
        ("net_amount_not_a_number", 9),
        ("no_identifier", 6),
    ]


def test_refunds_of_the_exported_csv_are_sums_of_their_orders_last_date(warehouse) -> None:
    result = load_one(warehouse, "refunds", "shopify", "shopify_export.csv")
    assert (result.records, result.delivered, result.loaded) == (8, 3, 2)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("4502:refunded", "4502", "2026-02-03 08:00:00", "20.00", "GBP"),
        ("4504:refunded", "4504", "2026-02-04 08:00:00", "2.00", "EUR"),
    ]
    assert warehouse.quarantine("refunds", "reason, value") == [("amount_not_a_number", "some")]


def test_a_broken_line_of_an_item_costs_no_order(warehouse) -> None:
    lines = (DATA / "shopify_export.csv").read_text().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if "Plate, large" in line)
    lines[place] = lines[place].replace(",,", ",", 1)
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.csv", "".join(lines))
    [result] = warehouse.load("orders").results
    assert (result.delivered, result.loaded, result.quarantined) == (6, 3, 3)
    assert result.quarantine_reasons["wrong_field_count"] == 1


def test_an_older_csv_without_numbers_has_its_orders_names(warehouse) -> None:
    header = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem name\n"
    warehouse.source("orders", "shopify")
    warehouse.deliver(
        "orders/a.csv",
        f"{header}#7,ada@example.test,authorized,EUR,3.00,3.00,2026-02-01 10:00:00 +0000,Cup\n"
        "#7,ada@example.test,,,,,2026-02-01 10:00:00 +0000,Plate\n",
    )
    [result] = warehouse.load("orders").results
    assert (result.records, result.delivered, result.loaded) == (2, 1, 1)
    assert warehouse.rows("orders", "order_id, status") == [("#7", "placed")]


def test_another_csv_is_not_taken_for_an_export(warehouse) -> None:
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.csv", "id,email,currency\n1,ada@example.test,EUR\n")
    [result] = warehouse.load("orders").results
    assert result.status == "rejected"
    assert "Financial Status" in result.reason


def test_a_bulk_operation_has_parts_of_orders_that_are_no_orders(warehouse) -> None:
    result = load_one(warehouse, "orders", "shopify", "shopify_bulk.jsonl")
    assert (result.records, result.delivered, result.loaded) == (6, 3, 3)
    assert warehouse.rows("orders", ORDER_COLUMNS) == [
        ("4501", "2026-02-01 16:59:00", "71", ADA, "paid", "90.00", "113.00", "18.00", "5.00",
         "GBP", "SAVE10", "web", None, False),
        ("4502", "2026-02-01 13:00:00", "72", BOB, "fulfilled", "100.00", "126.00", "21.00",
         "6.00", "GBP", None, None, None, False),
        ("4503", "2026-02-01 14:00:00", "72", None, "voided", "1.00", "1.00", None, None, "EUR",
         None, None, "2026-02-02 00:00:00", True),
    ]  # fmt: skip


def test_refunds_of_a_bulk_operation(warehouse) -> None:
    result = load_one(warehouse, "refunds", "shopify", "shopify_bulk.jsonl")
    assert (result.records, result.delivered, result.loaded) == (6, 1, 1)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("21", "4502", "2026-02-03 09:00:00", "20.00", "GBP")
    ]


def test_an_order_is_the_same_in_all_shapes(warehouse) -> None:
    """What the API, the bulk operation and the CSV say of one order is one order."""
    warehouse.source("orders", "shopify")
    for number, name in enumerate(("shopify_bulk.jsonl", "shopify_export.csv")):
        warehouse.deliver(f"orders/{number}_{name}", (DATA / name).read_bytes())
    bulk, exported = warehouse.load("orders").results
    assert (bulk.loaded, exported.restated, exported.loaded) == (3, 2, 1)
