"""Mixpanel's raw export: who a distinct_id is, and what its properties tell."""

import json

from tests.ingest.records_of_tools import ADA, load_one


def test_names_and_identities(warehouse) -> None:
    result = load_one(warehouse, "web_events", "mixpanel", "mixpanel.jsonl")
    assert (result.delivered, result.loaded) == (8, 7)
    columns = "file_row, event_name, occurred_at::varchar, anonymous_id, customer_id, email_key"
    ten = "2026-02-01 10:00:00"
    assert warehouse.rows("web_events", columns) == [
        (1, "page_view", ten, "d1", None, None),
        (2, "product_view", ten, "d1", "c1", None),
        (3, "purchase", ten, None, "c1", ADA),
        (4, "experiment_started", ten, "d2", None, None),
        (5, "size_guide_opened", "2026-02-01 10:00:00.123", None, None, ADA),
        (6, "old_page", ten, "d3", None, None),
        (7, "old_page", ten, "d3", None, None),
    ]
    assert warehouse.quarantine("web_events", "reason, file_row") == [("no_identifier", 8)]


def test_events_without_an_insert_id_are_distinguished_by_their_order(warehouse) -> None:
    load_one(warehouse, "web_events", "mixpanel", "mixpanel.jsonl")
    [(first,), (second,)] = warehouse.rows("web_events", "event_id", "event_name = 'old_page'")
    assert second == f"{first}-2"


def test_pages_orders_and_experiments(warehouse) -> None:
    load_one(warehouse, "web_events", "mixpanel", "mixpanel.jsonl")
    page = (
        "page_url, page_path, referrer, utm_source, utm_campaign, click_id, device, country,"
        " received_at::varchar"
    )
    assert warehouse.rows("web_events", page, "event_id = 'i1'") == [
        ("https://shop.test/?utm_source=x&gclid=g1", "/", "https://mail.test/", "news", "spring",
         "gclid:g1", "mobile", "FR", "2026-02-01 10:00:01")
    ]  # fmt: skip
    told = "event_id, order_id, revenue::varchar, currency, experiment, variant"
    assert warehouse.rows("web_events", told, "event_id in ('i3', 'i4')") == [
        ("i3", "o1", "12.50", "EUR", None, None),
        ("i4", None, None, None, "button", "b"),
    ]


def test_addresses_stay_out(warehouse) -> None:
    load_one(warehouse, "web_events", "mixpanel", "mixpanel.jsonl")
    [(told,)] = warehouse.rows("web_events", "properties", "event_id = 'i5'")
    assert json.loads(told)["note"] == "of [address]"
    assert json.loads(told)["distinct_id"] == "[address]"
