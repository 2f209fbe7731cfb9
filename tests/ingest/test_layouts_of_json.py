"""JSON may be lines, lists and documents, in any layout; what breaks off is rejected."""

import json

import pytest

from tests.ingest.records_of_tools import DATA
from tests.messages import assert_says


def wrapped(orders: list[dict], layout: str) -> str:
    return {
        "pretty": lambda: json.dumps({"orders": orders}, indent=2),
        "one line": lambda: json.dumps({"orders": orders}),
        "array": lambda: json.dumps(orders),
        "pretty array": lambda: json.dumps(orders, indent=4),
        "row a line": lambda: "[\n" + ",\n".join(map(json.dumps, orders)) + "\n]\n",
        "lines": lambda: "".join(json.dumps(order) + "\n" for order in orders),
        "pages": lambda: "".join(
            json.dumps({"orders": orders[n : n + 2]}) + "\n" for n in range(0, len(orders), 2)
        ),
        "posts": lambda: "".join(json.dumps([order]) + "\n\n" for order in orders),
        "bom": lambda: "\ufeff" + json.dumps({"orders": orders}, indent=2),
    }[layout]()


@pytest.mark.parametrize(
    "layout",
    ["pretty", "one line", "array", "pretty array", "row a line", "lines", "pages", "posts", "bom"],
)
@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_json_may_be_laid_out_in_any_way(warehouse, layout: str, suffix: str) -> None:
    orders = json.loads((DATA / "shopify_orders.json").read_text())["orders"]
    warehouse.source("orders", "shopify")
    warehouse.deliver(f"orders/a{suffix}", wrapped(orders, layout))
    [result] = warehouse.load("orders").results
    assert result.reason is None
    assert (result.delivered, result.loaded) == (4, 4)
    assert warehouse.rows("orders", "order_id") == [("1",), ("2",), ("3",), ("4",)]


@pytest.mark.parametrize("orders", ['{"orders": []}', "[]"])
def test_a_quiet_day_is_a_delivery_without_rows(warehouse, orders: str) -> None:
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.json", orders)
    [result] = warehouse.load("orders").results
    assert (result.status, result.delivered) == ("loaded", 0)
    assert warehouse.prepare("orders").results == []


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("layout", ["pretty", "one line", "array", "row a line"])
def test_a_document_that_breaks_off_is_rejected(warehouse, layout: str, cut: float) -> None:
    orders = json.loads((DATA / "shopify_orders.json").read_text())["orders"]
    text = wrapped(orders * 5, layout).rstrip()
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.json", text[: int(len(text) * cut)])
    [result] = warehouse.load("orders").results
    assert_says(result.reason, "landing/orders/a.json: ", "not whole JSON", "deliver it again")
    assert warehouse.rows("orders") == []
