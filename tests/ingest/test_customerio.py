"""Customer.io's reporting webhooks: e-mails, and messages on other channels."""

from tests.ingest.records_of_tools import ADA, BOB, load_one


def test_events_of_e_mails(warehouse) -> None:
    result = load_one(warehouse, "email_events", "customerio", "customerio.jsonl")
    assert (result.records, result.delivered, result.loaded) == (15, 10, 10)
    columns = "event_id, event_name, email_key, customer_id, anonymous_id, campaign, url, variant"
    ada = (ADA, "c1", "customerio:x1", "campaign 7", None, None)
    # What the tool alone calls so is kept under its name.
    own = "event_name = 'converted'"
    assert warehouse.rows("email_events", "customer_id", own) == [("c1",)]
    assert warehouse.rows("email_events", columns, f"not {own}") == [
        ("c1", "sent", *ada),
        ("c10", "resubscribed", *ada),
        ("c2", "deferred", *ada),
        ("c3", "opened", BOB, None, "customerio:x2", "campaign 7", None, None),
        (
            "c4",
            "clicked",
            ADA,
            "c1",
            "customerio:x1",
            "newsletter 3",
            "https://shop.test/p/1",
            "12",
        ),
        ("c5", "bounced", *ada),
        ("c6", "dropped", *ada),
        ("c7", "complained", *ada),
        ("c9", "unsubscribed", *ada),
    ]


def test_other_messages_are_interactions(warehouse) -> None:
    result = load_one(warehouse, "interactions", "customerio", "customerio.jsonl")
    assert (result.records, result.delivered, result.loaded) == (15, 4, 4)
    columns = "interaction_id, channel, event_name, direction, campaign, outcome, customer_id"
    assert warehouse.rows("interactions", columns) == [
        ("c11", "sms", "delivered", "outbound", "campaign 7", None, "c1"),
        ("c12", "push", "opened", "inbound", "campaign 7", None, "c1"),
        ("c13", "app", "clicked", "inbound", "campaign 7", None, "c1"),
        ("c14", "sms", "bounced", "outbound", "campaign 7", "carrier", "c1"),
    ]
    kept = warehouse.rows("interactions")
    assert "+331234" not in str(kept)
