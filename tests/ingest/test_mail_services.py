"""What services that send mail tell of it: Mailgun, Postmark, HubSpot, Mailchimp and Braze."""

import json

import pytest

from tests.ingest.records_of_tools import ADA, BOB, DATA, load_one

COLUMNS = "event_id, event_name, email_key, campaign, url, is_machine"
PAGE = "https://shop.test/p/1"
EVENTS = {
    "mailgun.json": [
        ("g1", "sent", ADA, "spring", None, False),
        ("g10", "complained", ADA, "news", None, False),
        ("g2", "delivered", ADA, "news", None, False),
        ("g3", "deferred", ADA, "news", None, False),
        ("g4", "bounced", ADA, "news", None, False),
        ("g5", "dropped", ADA, "news", None, False),
        ("g6", "dropped", ADA, "news", None, False),
        ("g7", "opened", ADA, "news", None, True),
        ("g8", "clicked", ADA, "news", PAGE, False),
        ("g9", "unsubscribed", ADA, None, None, False),
    ],
    "hubspot.json": [
        ("h1", "sent", ADA, "7", None, False),
        ("h10", "unsubscribed", ADA, "7", None, False),
        ("h11", "resubscribed", ADA, "7", None, False),
        ("h3", "delivered", ADA, "7", None, False),
        ("h4", "opened", ADA, "7", None, True),
        ("h5", "clicked", ADA, "70", PAGE, False),
        ("h6", "dropped", ADA, "7", None, False),
        ("h7", "deferred", ADA, "7", None, False),
        ("h8", "bounced", ADA, "7", None, False),
        ("h9", "complained", ADA, "7", None, False),
    ],
    "braze.json": [
        ("b1", "sent", ADA, "spring", None, False),
        ("b11", "opened", BOB, "flat", None, False),
        ("b2", "delivered", ADA, "spring", None, False),
        ("b3", "opened", ADA, "spring", None, True),
        ("b4", "clicked", ADA, "welcome", PAGE, False),
        ("b5", "bounced", ADA, "spring", None, False),
        ("b6", "deferred", ADA, "spring", None, False),
        ("b7", "complained", ADA, "spring", None, False),
        ("b8", "unsubscribed", ADA, "spring", None, False),
        ("b9", "dropped", ADA, "spring", None, False),
    ],
}
# How many are left out, and names that are the tool's own.
LEFT = {
    "mailgun.json": (0, ["list_member_uploaded"]),
    "hubspot.json": (1, ["forward"]),
    "braze.json": (1, []),
}


@pytest.mark.parametrize("name", EVENTS)
def test_events_of_each_service(warehouse, name: str) -> None:
    result = load_one(warehouse, "email_events", name.partition(".")[0], name)
    left_out, own = LEFT[name]
    assert result.records == result.delivered + left_out
    assert (result.loaded, result.quarantined) == (len(EVENTS[name]) + len(own), 0)
    is_own = f"list_contains({own}::varchar[], event_name)"
    assert warehouse.rows("email_events", "event_name", is_own) == [(word,) for word in own]
    assert warehouse.rows("email_events", COLUMNS, f"not {is_own}") == EVENTS[name]


def test_postmark_s_webhooks(warehouse) -> None:
    result = load_one(warehouse, "email_events", "postmark", "postmark.jsonl")
    assert (result.delivered, result.loaded) == (10, 10)
    columns = "file_row, event_name, occurred_at::varchar, email_key, campaign, url"
    assert warehouse.rows("email_events", columns) == [
        (1, "delivered", "2026-02-01 10:00:00", ADA, "spring", None),
        (2, "opened", "2026-02-01 10:01:00.123456", ADA, "spring sale", None),
        (3, "clicked", "2026-02-01 10:02:00", ADA, None, PAGE),
        (4, "bounced", "2026-02-01 10:03:00", BOB, None, None),
        (5, "deferred", "2026-02-01 10:04:00", BOB, None, None),
        # An answer that was sent automatically is no bounce.
        (6, "autoresponder", "2026-02-01 10:04:00", BOB, None, None),
        (7, "complained", "2026-02-01 10:05:00", BOB, None, None),
        (8, "unsubscribed", "2026-02-01 10:06:00", ADA, None, None),
        (9, "resubscribed", "2026-02-01 10:07:00", ADA, None, None),
        # It was suppressed for a bounce: no person unsubscribed.
        (10, "bounced", "2026-02-01 10:08:00", BOB, None, None),
    ]


def test_opens_clicks_and_bounces_of_postmark_s_api(warehouse) -> None:
    at = "2026-02-01T10:00:00Z"
    pages = {
        "Opens": {"MessageID": "p1", "Recipient": "ada@example.test", "ReceivedAt": at},
        "Clicks": {"MessageID": "p1", "Recipient": "ada@example.test", "ReceivedAt": at,
                   "OriginalLink": PAGE},
        "Bounces": {"ID": 7, "Type": "HardBounce", "Email": "ada@example.test", "BouncedAt": at},
    }  # fmt: skip
    warehouse.source("email_events", "postmark")
    for member, event in pages.items():
        page = {"TotalCount": 1, member: [event]}
        warehouse.deliver(f"email_events/{member}.json", json.dumps(page))
    warehouse.load("email_events")
    assert warehouse.rows("email_events", "event_name, email_key") == [
        ("bounced", ADA),
        ("clicked", ADA),
        ("opened", ADA),
    ]


def test_a_webhook_s_post_of_mailgun(warehouse) -> None:
    event = json.loads((DATA / "mailgun.json").read_text())["items"][0]
    post = {"signature": {"token": "t", "signature": "s"}, "event-data": event}
    warehouse.source("email_events", "mailgun")
    warehouse.deliver("email_events/a.json", json.dumps(post))
    warehouse.deliver("email_events/b.jsonl", [post | {"event-data": event | {"id": "g2"}}])
    warehouse.load("email_events")
    columns = "event_id, event_name, occurred_at::varchar, customer_id, experiment, variant"
    at = "2026-02-01 10:00:00.123456"
    assert warehouse.rows("email_events", columns) == [
        ("g1", "sent", at, "c1", "subject", "b"),
        ("g2", "sent", at, "c1", "subject", "b"),
    ]


def test_mailchimp_s_reports(warehouse) -> None:
    result = load_one(warehouse, "email_events", "mailchimp", "mailchimp.json")
    # One recipient did nothing.
    assert (result.records, result.delivered, result.loaded) == (1, 5, 5)
    columns = "event_name, occurred_at::varchar, email_key, anonymous_id, campaign, url"
    ten = "2026-02-01 10:00:00"
    assert warehouse.rows("email_events", columns) == [
        ("bounced", ten, BOB, "mailchimp:m2", "k1", None),
        ("clicked", "2026-02-01 10:01:00", ADA, "mailchimp:m1", "k1", PAGE),
        ("deferred", "2026-02-01 09:00:00", BOB, "mailchimp:m2", "k1", None),
        ("opened", ten, ADA, "mailchimp:m1", "k1", None),
        ("opened", ten, ADA, "mailchimp:m1", "k1", None),
    ]


def test_a_later_report_of_mailchimp_repeats_what_was_known(warehouse) -> None:
    load_one(warehouse, "email_events", "mailchimp", "mailchimp.json")
    report = json.loads((DATA / "mailchimp.json").read_text())
    report["emails"][2]["activity"] = [{"action": "open", "timestamp": "2026-02-02T10:00:00Z"}]
    warehouse.deliver("email_events/later.json", json.dumps(report))
    [later] = warehouse.load("email_events").results
    assert (later.delivered, later.loaded, later.duplicate) == (6, 1, 5)


def test_those_who_unsubscribed_by_mailchimp(warehouse) -> None:
    load_one(warehouse, "email_events", "mailchimp", "mailchimp_unsubscribed.json")
    columns = "event_name, occurred_at::varchar, email_key, campaign"
    assert warehouse.rows("email_events", columns) == [
        ("unsubscribed", "2026-02-01 10:05:00", ADA, "k1")
    ]


def test_braze_names_people_and_variants(warehouse) -> None:
    load_one(warehouse, "email_events", "braze", "braze.json")
    columns = "customer_id, anonymous_id, experiment, variant"
    assert warehouse.rows("email_events", columns, "event_id in ('b1', 'b11')") == [
        ("c1", "braze:b1", "spring", "b"),
        ("c2", "braze:b2", None, None),
    ]
