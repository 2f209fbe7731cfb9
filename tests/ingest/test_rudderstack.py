"""RudderStack's calls are read as Segment's."""

from tests.ingest.records_of_tools import ADA, load_one


def test_calls_are_read_as_segment_s(warehouse) -> None:
    result = load_one(warehouse, "web_events", "rudderstack", "rudderstack.jsonl")
    assert (result.delivered, result.loaded) == (2, 2)
    columns = (
        "event_id, event_name, occurred_at::varchar, anonymous_id, customer_id, email_key,"
        " utm_source, utm_campaign, referrer, device, order_id, revenue::varchar, currency"
    )
    assert warehouse.rows("web_events", columns) == [
        ("r1", "product_view", "2026-02-01 10:00:00", "d1", "c1", ADA, "news", "spring", None,
         "mobile", None, None, None),
        ("r2", "purchase", "2026-02-01 10:05:00", "d1", None, None, None, None, None, None, "o1",
         "12.50", "EUR"),
    ]  # fmt: skip
