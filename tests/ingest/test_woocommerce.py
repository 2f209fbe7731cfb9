"""WooCommerce's orders, and its refunds, which come in orders and by themselves."""

import json

from tests.ingest.records_of_tools import ADA, BOB, load_one


def test_woocommerce_orders(warehouse) -> None:
    result = load_one(warehouse, "orders", "woocommerce", "woocommerce_orders.json")
    assert (result.delivered, result.loaded) == (6, 4)
    rows = warehouse.rows(
        "orders",
        "order_id, cast(ordered_at as varchar), customer_id, email_key, status,"
        " cast(net_amount as varchar), cast(total_amount as varchar),"
        " cast(discount_amount as varchar), cast(tax_amount as varchar),"
        " cast(shipping_amount as varchar), currency, coupon, channel_hint,"
        " cast(cancelled_at as varchar), is_test",
    )
    assert rows == [
        # Lines are without their tax even where the shop's prices include it.
        ("1", "2026-02-01 11:00:00", "7", ADA, "paid", "18.00", "26.40", "2.00", "4.40", "4.00",
         "EUR", "spring", "newsletter", None, False),
        # A guest, who bought nothing but shipping.
        ("2", "2026-02-01 12:00:00", None, BOB, "fulfilled", "0.00", "10.00", None, "0.00", "10.00",
         "EUR", None, None, None, False),
        ("3", "2026-02-01 13:00:00", "8", None, "cancelled", "1.00", "1.00", None, None, None,
         "EUR", None, None, "2026-02-02 13:00:00", False),
        # A status that a plug-in made is an order's, and kept as it is.
        ("4", "2026-02-01 14:00:00", "8", None, "ready_to_ship", "1.00", "1.00", None, None, None,
         "EUR", None, None, None, False),
    ]  # fmt: skip
    assert warehouse.quarantine("orders", "reason, file_row") == [
        ("net_amount_not_a_number", 5),
        ("no_identifier", 6),
    ]


REFUND_COLUMNS = (
    "refund_id, order_id, cast(refunded_at as varchar), cast(amount as varchar),"
    " cast(net_amount as varchar), currency"
)


def test_a_refund_in_an_order_is_of_its_last_change(warehouse) -> None:
    result = load_one(warehouse, "refunds", "woocommerce", "woocommerce_orders.json")
    assert (result.records, result.delivered, result.loaded) == (6, 1, 1)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("21", "1", "2026-02-03 11:00:00", "5.00", None, "EUR")
    ]


def test_a_refund_by_itself_has_its_goods_and_names_its_order_in_one_of_two_ways(warehouse) -> None:
    warehouse.source("refunds", "woocommerce")
    of_now = {
        "id": 21, "parent_id": 1, "date_created_gmt": "2026-02-02T10:00:00", "amount": "5.00",
        "line_items": [{"total": "-3.00", "total_tax": "-0.60"}, {"total": "-1.00"}],
    }  # fmt: skip
    of_then = {
        "id": 22, "date_created": "2026-02-02T11:00:00", "amount": "1.00", "line_items": [],
        "_links": {"up": [{"href": "https://shop.test/wp-json/wc/v3/orders/2"}]},
    }  # fmt: skip
    unreadable = of_now | {"id": 23, "line_items": [{"total": "much"}]}
    warehouse.deliver("refunds/a.json", json.dumps([of_now, of_then, unreadable]))
    [result] = warehouse.load("refunds").results
    assert (result.delivered, result.loaded) == (3, 2)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == [
        ("21", "1", "2026-02-02 10:00:00", "5.00", "4.00", None),
        ("22", "2", "2026-02-02 11:00:00", "1.00", None, None),
    ]
    assert warehouse.quarantine("refunds", "reason, file_row") == [("net_amount_not_a_number", 3)]


def test_what_the_tool_s_own_pages_show(warehouse, shared_data) -> None:
    samples = shared_data / "samples" / "woocommerce"
    warehouse.source("orders", "woocommerce")
    warehouse.source("refunds", "woocommerce")
    for path in sorted(samples.glob("v3_orders_*.json")):
        warehouse.deliver(f"orders/{path.name}", path.read_bytes())
    for path in sorted(samples.glob("v3_refunds_*.json")):
        warehouse.deliver(f"refunds/{path.name}", path.read_bytes())
    for kind in ("orders", "refunds"):
        for result in warehouse.load(kind).results:
            assert result.status == "loaded", (result.file_name, result.reason)
    assert ("727", "18.00") in warehouse.rows("orders", "order_id, cast(net_amount as varchar)")
    assert ("726", "723", "10.00") in warehouse.rows(
        "refunds", "refund_id, order_id, cast(amount as varchar)"
    )
