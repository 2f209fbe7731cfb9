"""Klaviyo's events with their profiles and metrics: one page, three kinds."""

import json

import pytest

from tests.ingest.records_of_tools import ADA, BOB, DATA, load_one

TEN = "2026-02-01 10:00:00"


def test_events_of_e_mails(warehouse) -> None:
    result = load_one(warehouse, "email_events", "klaviyo", "klaviyo.json")
    assert (result.records, result.delivered, result.loaded) == (1, 6, 5)
    columns = (
        "event_id, event_name, occurred_at::varchar, email_key, customer_id, anonymous_id,"
        " campaign, url, is_machine, experiment, variant"
    )
    ada = (TEN, ADA, "c1", "klaviyo:p1")
    assert warehouse.rows("email_events", columns) == [
        ("k1", "delivered", *ada, "spring", None, False, "x1", "b"),
        ("k2", "opened", *ada, "spring", None, True, None, None),
        ("k3", "clicked", TEN, BOB, None, "klaviyo:p2", "welcome", "https://shop.test/p/1", False,
         None, None),
        ("k4", "unsubscribed", *ada, None, None, False, None, None),
        ("k5", "complained", *ada, None, None, False, None, None),
    ]  # fmt: skip
    # One of which the page does not say what it is.
    assert warehouse.quarantine("email_events") == [("event_name_missing",)]


def test_text_messages_and_push_notifications_are_interactions(warehouse) -> None:
    result = load_one(warehouse, "interactions", "klaviyo", "klaviyo.json")
    assert (result.records, result.delivered, result.loaded) == (1, 4, 4)
    columns = "interaction_id, channel, event_name, direction, campaign, outcome, email_key"
    assert warehouse.rows("interactions", columns) == [
        ("k6", "sms", "delivered", "outbound", "sale", None, ADA),
        ("k7", "sms", "replied", "inbound", None, None, ADA),
        ("k8", "push", "opened", "inbound", None, None, ADA),
        ("k9", "sms", "failed", "outbound", None, "carrier", ADA),
    ]


def test_all_other_metrics_are_web_events(warehouse) -> None:
    result = load_one(warehouse, "web_events", "klaviyo", "klaviyo.json")
    assert (result.records, result.delivered, result.loaded) == (1, 4, 4)
    columns = (
        "event_id, event_name, customer_id, page_path, utm_source, country, order_id,"
        " revenue::varchar, currency"
    )
    assert warehouse.rows("web_events", columns) == [
        ("k10", "product_view", "c1", "/p/1", "news", "France", None, None, None),
        ("k11", "purchase", "c1", None, None, "France", "1001", "12.50", "EUR"),
        # A name that no rule knows is kept as it is.
        ("k12", "quiz_done", "c1", None, None, "France", None, None, None),
        ("k13", "subscribed_to_email_marketing", "c1", None, None, "France", None, None, None),
    ]


def test_the_three_kinds_take_each_event_once() -> None:
    page = json.loads((DATA / "klaviyo.json").read_text())
    assert len(page["data"]) == 6 + 4 + 4


@pytest.mark.parametrize("layout", ["pages", "one event a page", "one event a line"])
def test_events_load_from_any_layout(warehouse, layout: str) -> None:
    page = json.loads((DATA / "klaviyo.json").read_text())
    events, included = page["data"][:3], page["included"]
    contents = {
        "pages": [page | {"data": events[:1]}, page | {"data": events[1:]}],
        "one event a page": [{"data": event, "included": included} for event in events],
        "one event a line": [event | {"included": included} for event in events],
    }
    warehouse.source("email_events", "klaviyo")
    warehouse.deliver("email_events/a.jsonl", contents[layout])
    [result] = warehouse.load("email_events").results
    assert (result.delivered, result.loaded, result.reason) == (3, 3, None)
    names = [(name,) for name in ("clicked", "delivered", "opened")]
    assert warehouse.rows("email_events", "event_name") == names


def test_a_profile_that_is_named_twice_makes_no_event_twice(warehouse) -> None:
    page = json.loads((DATA / "klaviyo.json").read_text())
    warehouse.source("email_events", "klaviyo")
    warehouse.deliver("email_events/a.json", json.dumps(page | {"included": page["included"] * 2}))
    [result] = warehouse.load("email_events").results
    assert (result.delivered, result.loaded) == (6, 5)
