"""Matomo's visits: their actions are events, and the first one bears what brought the visitor."""

import json

from tests.ingest.records_of_tools import ADA, DATA, load_one

PAGE = "page_path, referrer, utm_source, utm_medium, utm_campaign, utm_term, device, country"


def test_actions_are_events(warehouse) -> None:
    result = load_one(warehouse, "web_events", "matomo", "matomo.json")
    assert (result.records, result.delivered, result.loaded) == (3, 12, 12)
    columns = "event_id, event_name, occurred_at::varchar, anonymous_id, customer_id, email_key"
    first, second = ("a1b2", "c1", None), ("a1b2", None, ADA)
    assert warehouse.rows("web_events", columns) == [
        ("1:11", "page_view", "2026-02-01 10:00:00", *first),
        ("1:12", "product_view", "2026-02-01 10:01:00", *first),
        ("1:13", "add_to_cart", "2026-02-01 10:01:10", *first),
        ("1:14", "size_guide_opened", "2026-02-01 10:01:20", *first),
        ("1:15", "search", "2026-02-01 10:01:30", *first),
        ("1:16", "outlink", "2026-02-01 10:06:40", *first),
        ("1:goal:3:13", "goal", "2026-02-01 10:01:40", *first),
        ("2:21", "page_view", "2026-02-01 10:00:00", *second),
        ("2:cart", "cart_abandoned", "2026-02-01 10:01:40", *second),
        # A visit without actions is there all the same.
        ("3:visit", "visit", "2026-02-01 10:00:00", "c3d4", None, None),
        ("order:1:o1", "purchase", "2026-02-01 10:05:00", *first),
        ("order:2:o2", "purchase", "2026-02-01 10:03:20", *second),
    ]


def test_the_first_action_bears_what_brought_the_visitor(warehouse) -> None:
    load_one(warehouse, "web_events", "matomo", "matomo.json")
    assert warehouse.rows("web_events", PAGE, "event_id in ('1:11', '1:12', '2:21')") == [
        ("/", "https://mail.test/x", "news", "email", "spring", "lamp", "mobile", "fr"),
        ("/", "https://www.google.com/", None, None, None, None, "desktop", None),
        ("/p/1", None, None, None, None, None, "mobile", "fr"),
    ]
    assert warehouse.rows("web_events", "distinct experiment, variant", "event_id like '1:%'") == [
        ("button", "b")
    ]


def test_orders_are_goods_alone(warehouse) -> None:
    load_one(warehouse, "web_events", "matomo", "matomo.json")
    columns = "order_id, revenue::varchar, currency"
    assert warehouse.rows("web_events", columns, "event_name = 'purchase'") == [
        ("o1", "12.00", "EUR"),
        ("o2", "12.00", "EUR"),  # of which no subtotal is given
    ]
    [(told,)] = warehouse.rows("web_events", "properties", "event_id = '1:13'")
    assert json.loads(told) == {"category": "Shop", "name": "Lamp", "value": "1"}


def test_a_visit_that_went_on_restates_what_changed(warehouse) -> None:
    load_one(warehouse, "web_events", "matomo", "matomo.json")
    visits = json.loads((DATA / "matomo.json").read_text())
    visits[1]["actionDetails"][1] |= {"timestamp": 1769940150, "revenue": 12}
    visits[1]["actionDetails"].append(
        {"type": "action", "timestamp": 1769940400, "pageId": 22, "url": "https://shop.test/x"}
    )
    warehouse.deliver("web_events/later.json", json.dumps(visits[1:2]))
    [later] = warehouse.load("web_events").results
    assert (later.delivered, later.loaded, later.restated, later.duplicate) == (4, 1, 1, 2)
