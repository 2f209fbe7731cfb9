"""Segment's calls: names, identities, pages, money and experiments."""

import json

from tests.ingest.records_of_tools import ADA, load_one
from tests.ingest.rows import good


def test_segment_events_names_and_identities(warehouse) -> None:
    result = load_one(warehouse, "web_events", "segment", "segment.jsonl")
    assert (result.delivered, result.loaded, result.quarantined) == (12, 12, 0)
    rows = warehouse.rows(
        "web_events",
        "file_row, event_name, anonymous_id, customer_id, email_key, cast(occurred_at as varchar)",
    )
    assert rows == [
        (1, "page_view", "d1", None, None, "2026-02-01 10:00:00"),
        (2, "product_view", "d1", None, None, "2026-02-01 09:01:00"),
        (3, "identify", "d1", "c1", ADA, "2026-02-01 10:02:00"),
        (4, "purchase", "d1", "c1", ADA, "2026-02-01 10:03:00"),
        (5, "refund", None, "c1", None, "2026-02-02 10:03:00"),
        (6, "experiment_viewed", "d1", None, None, "2026-02-01 10:04:00"),
        (7, "size_guide_opened_v2", "d1", None, None, "2026-02-01 10:05:00"),
        (8, "video_played", "d1", None, None, "2026-02-01 10:06:00"),
        (9, "screen_view", "d2", None, None, "2026-02-01 10:07:00"),
        (10, "search", "d2", None, None, "2026-02-01 10:08:00"),
        (11, "search", "d2", None, None, "2026-02-01 10:08:00"),
        (12, "alias", "d2", "c2", None, "2026-02-01 10:09:00"),
    ]


def test_segment_pages_campaigns_and_clicks(warehouse) -> None:
    load_one(warehouse, "web_events", "segment", "segment.jsonl")
    rows = warehouse.rows(
        "web_events",
        "page_path, referrer, utm_source, utm_medium, utm_campaign, utm_content, utm_term,"
        " click_id, device, country",
        "file_row in (1, 2, 4, 8)",
    )
    home = ("/", "https://mail.test/", "news letter", "email", "spring sale", None, None)
    view = ("/p/1", None, "google", "cpc", "brand", "ad 1", "lamp")
    assert set(rows) == {
        (*home, "gclid:abc", "mobile", "GB"),
        (*view, "fbclid:f1", "desktop", None),
        (*[None] * 8, "mobile", None),
        (*[None] * 8, "tablet", None),
    }


def test_segment_orders_money_and_experiments(warehouse) -> None:
    load_one(warehouse, "web_events", "segment", "segment.jsonl")
    rows = warehouse.rows(
        "web_events",
        "file_row, order_id, cast(revenue as varchar), currency, experiment, variant",
        "file_row in (2, 4, 5, 6)",
    )
    assert rows == [
        (2, None, None, None, None, None),
        (4, "1001", "20.00", "EUR", None, None),
        (5, "1001", "5.00", None, None, None),
        (6, None, None, None, "e1", "b"),
    ]


def test_segment_calls_without_an_id_are_distinguished_by_their_order(warehouse) -> None:
    load_one(warehouse, "web_events", "segment", "segment.jsonl")
    [(first,), (second,)] = warehouse.rows("web_events", "event_id", "file_row in (10, 11)")
    assert second == f"{first}-2"
    assert len(first) == 32


def test_segment_addresses_stay_out(warehouse) -> None:
    load_one(warehouse, "web_events", "segment", "segment.jsonl")
    [(properties,)] = warehouse.rows("web_events", "properties", "file_row = 4")
    assert json.loads(properties)["email"] == "[address]"


SPEC = {
    "Product Viewed": "product_view",
    "Product Added": "add_to_cart",
    "Product Clicked": "select_item",
    "Products Searched": "search",
    "Product List Viewed": "view_item_list",
    "Promotion Viewed": "view_promotion",
    "Promotion Clicked": "select_promotion",
    "Checkout Started": "begin_checkout",
    "Cart Viewed": "view_cart",
    "Payment Info Entered": "add_payment_info",
    "Order Completed": "purchase",
    "Order Refunded": "refund",
    "Order Tracked": "order_tracked",
    "Coupon Applied": "coupon_applied",
    "Product Added to Wishlist": "add_to_wishlist",
    "Product Shared": "share",
    "Signed In": "login",
    "Account Viewed": "account_view",
    "Newsletter Subscribed": "newsletter_subscribed",
    "order completed": "purchase",
    "order_completed": "purchase",
    "orderCompleted": "purchase",
    "3D Viewer Opened": "event_3_d_viewer_opened",
    "Añadido al Carrito": "anadido_al_carrito",
}


def test_segment_spec_names_become_the_stage_vocabulary(warehouse) -> None:
    warehouse.source("web_events", "segment")
    calls = [
        {
            "type": "track",
            "event": event,
            "messageId": event,
            "anonymousId": "d",
            "timestamp": "2026-02-01T00:00:00Z",
        }
        for event in SPEC
    ]
    warehouse.deliver("web_events/a.jsonl", calls)
    warehouse.load("web_events")
    assert dict(warehouse.rows("web_events", "event_id, event_name")) == SPEC


NAMES = {
    "商品": "商品",
    "Товар Куплен": "товар_куплен",
    "ТоварКуплен": "товар_куплен",
    "AddedToCart": "added_to_cart",
    "  Größe   gewählt! ": "große_gewahlt",
    "🎉": "unnamed",
    "🎉 Party 🎉": "party",
    "---": "unnamed",
    "3D view": "event_3_d_view",
    "ada@example.test opened": "address_opened",
}


def test_event_names_of_any_script_are_normalised_and_never_rejected(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.source("web_events", name="plain")
    call = {"type": "track", "anonymousId": "d", "timestamp": "2026-02-01"}
    calls = [{**call, "event": name, "messageId": f"e{n}"} for n, name in enumerate(NAMES)]
    warehouse.deliver("web_events/a.jsonl", calls)
    rows = [good("web_events", event_id=f"e{n}", event_name=name) for n, name in enumerate(NAMES)]
    warehouse.deliver("plain/a.jsonl", rows)
    pending = warehouse.load("web_events")
    assert pending.counts()["quarantined"] == 0
    for source in ("web_events", "plain"):
        found = dict(warehouse.rows("web_events", "file_row, event_name", f"source = '{source}'"))
        assert list(found.values()) == list(NAMES.values())
