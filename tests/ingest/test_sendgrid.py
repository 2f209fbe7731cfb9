"""SendGrid's events: names, times, ids and links."""

import pytest

from tests.ingest.records_of_tools import ADA, load_one


def test_sendgrid_events(warehouse) -> None:
    result = load_one(warehouse, "email_events", "sendgrid", "sendgrid.json")
    assert (result.delivered, result.loaded, result.quarantined) == (14, 14, 0)
    rows = warehouse.rows("email_events", "file_row, event_name, is_machine, campaign, email_key")
    assert [row[:4] for row in rows] == [
        (1, "sent", False, "cat facts"),
        (2, "delivered", False, "welcome"),
        (3, "deferred", False, None),
        (4, "dropped", False, None),
        (5, "bounced", False, None),
        (6, "opened", True, None),
        (7, "opened", False, None),
        (8, "clicked", False, "spring"),
        (9, "complained", False, None),
        (10, "unsubscribed", False, None),
        (11, "unsubscribed", False, None),
        (12, "resubscribed", False, None),
        (13, "sent", False, "one"),
        # A name that is none of an e-mail's is kept.
        (14, "account_status_change", False, None),
    ]
    assert {row[4] for row in rows} == {ADA}


def test_sendgrid_times_ids_and_links(warehouse) -> None:
    load_one(warehouse, "email_events", "sendgrid", "sendgrid.json")
    rows = warehouse.rows(
        "email_events",
        "event_id, cast(occurred_at as varchar), customer_id, url, experiment, variant",
        "file_row in (1, 8)",
    )
    assert rows == [
        ("s1", "2026-02-01 10:00:00", None, None, None, None),
        ("s8", "2026-02-01 10:00:07", "c1", "https://shop.test/?e=[address]", "13471", "B"),
    ]
    [(hashed,)] = warehouse.rows("email_events", "event_id", "file_row = 13")
    assert len(hashed) == 32


@pytest.mark.parametrize("times", ["10000000000000000000", "-5", "1e30", "soon", "NaN"])
def test_sendgrid_times_that_are_none(warehouse, times: str) -> None:
    warehouse.source("email_events", "sendgrid")
    event = {"email": "a@example.test", "event": "open", "sg_event_id": "1", "timestamp": times}
    warehouse.deliver("email_events/a.jsonl", [event])
    warehouse.load("email_events")
    assert warehouse.quarantine("email_events", "reason, value") == [
        ("occurred_at_not_a_timestamp", times)
    ]


@pytest.mark.parametrize("times", [1769940000.25, "1769940000.25", 1769940000250, "1769940000250"])
def test_sendgrid_times_keep_their_fractions(warehouse, times: float | str) -> None:
    warehouse.source("email_events", "sendgrid")
    event = {"email": "a@example.test", "event": "open", "sg_event_id": "1", "timestamp": times}
    warehouse.deliver("email_events/a.jsonl", [event])
    warehouse.load("email_events")
    assert warehouse.rows("email_events", "cast(occurred_at as varchar)") == [
        ("2026-02-01 10:00:00.25",)
    ]
