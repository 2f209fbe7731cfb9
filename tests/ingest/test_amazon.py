"""Orders of Amazon's report, which has a line for each item and no person's name."""

from tests.ingest.records_of_tools import BOB
from tests.ingest.rows import csv_of

COLUMNS = (
    "order_id, cast(ordered_at as varchar), anonymous_id, email_key, status,"
    " cast(net_amount as varchar), cast(total_amount as varchar), cast(tax_amount as varchar),"
    " cast(shipping_amount as varchar), currency, channel_hint, cast(cancelled_at as varchar)"
)
TEN, NOON = "2026-02-01 10:00:00", "2026-02-01 12:00:00"


def item(order: str, **changes: str) -> dict[str, str]:
    """A line of the report; names in it are written with hyphens."""
    told = {
        "amazon_order_id": order, "purchase_date": "2026-02-01T10:00:00+00:00",
        "last_updated_date": "2026-02-01T12:00:00+00:00", "order_status": "Shipped",
        "sales_channel": "Amazon.co.uk", "product_name": "Cup, blue", "quantity": "1",
        "currency": "GBP", "item_price": "12.00", "item_tax": "2.00", "shipping_price": "",
        "shipping_tax": "", "item_promotion_discount": "", "ship_promotion_discount": "",
    }  # fmt: skip
    return {column.replace("_", "-"): value for column, value in (told | changes).items()}


ITEMS = [
    item("1"),
    item("1", item_price="6.00", item_tax="1.00", shipping_price="3.00", shipping_tax="0.50",
         item_promotion_discount="0.60", ship_promotion_discount="3.00"),
    # In North America the tax is beside the price.
    item("2", sales_channel="Amazon.com", currency="USD", order_status="Unshipped"),
    item("3", order_status="Cancelled", currency="", item_price="", item_tax="", quantity="0"),
    item("4", sales_channel="Non-Amazon UK", currency="", item_price=""),
    item("5", item_price="a lot"),
    item("6", order_status="Shipped - Delivered to Buyer", sales_channel="Amazon.de",
         currency="EUR"),
    item("7", order_status="Another status"),
]  # fmt: skip


def test_the_items_of_an_order_are_one_order(warehouse) -> None:
    warehouse.source("orders", "amazon")
    warehouse.deliver("orders/a.txt", csv_of(ITEMS, "\t"))
    [result] = warehouse.load("orders").results
    assert (result.records, result.delivered, result.loaded) == (8, 6, 5)
    assert warehouse.rows("orders", COLUMNS) == [
        ("1", TEN, "amazon:1", None, "fulfilled", "14.40", "17.40", "3.50", "0.00", "GBP",
         "amazon.co.uk", None),
        ("2", TEN, "amazon:2", None, "paid", "12.00", "14.00", "2.00", "0.00", "USD",
         "amazon.com", None),
        ("3", TEN, "amazon:3", None, "cancelled", "0.00", "0.00", "0.00", "0.00", "GBP",
         "amazon.co.uk", NOON),
        ("6", TEN, "amazon:6", None, "fulfilled", "10.00", "12.00", "2.00", "0.00", "EUR",
         "amazon.de", None),
        ("7", TEN, "amazon:7", None, "another_status", "10.00", "12.00", "2.00", "0.00", "GBP",
         "amazon.co.uk", None),
    ]  # fmt: skip
    assert warehouse.quarantine("orders", "reason, value") == [("net_amount_not_a_number", "a lot")]


def test_an_item_that_cannot_be_read_costs_its_order_and_no_other(warehouse) -> None:
    """Without the item the order's sum would be wrong."""
    lines = csv_of(ITEMS, "\t").splitlines()
    lines[2] += "\tone field more"
    warehouse.source("orders", "amazon")
    warehouse.deliver("orders/a.txt", "\n".join(lines))
    [result] = warehouse.load("orders").results
    assert result.quarantine_reasons == {
        "wrong_field_count": 1, "record_incomplete": 1, "net_amount_not_a_number": 1,
    }  # fmt: skip
    assert (result.delivered, result.loaded) == (7, 4)
    assert "1" not in {order for (order,) in warehouse.rows("orders", "order_id")}


def test_a_report_that_names_addresses_has_people(warehouse) -> None:
    warehouse.source("orders", "amazon")
    rows = [row | {"buyer-email": "bob@example.test"} for row in ITEMS[:2]]
    warehouse.deliver("orders/a.txt", csv_of(rows, "\t"))
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, email_key") == [("1", BOB)]
