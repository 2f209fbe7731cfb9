"""Amplitude's export of events."""

from tests.ingest.records_of_tools import ADA, load_one


def test_names_and_identities(warehouse) -> None:
    result = load_one(warehouse, "web_events", "amplitude", "amplitude.json")
    assert (result.delivered, result.loaded) == (8, 7)
    columns = "event_id, event_name, anonymous_id, customer_id, email_key, device"
    assert warehouse.rows("web_events", columns) == [
        ("a1", "page_view", "d1", None, None, "mobile"),
        ("a2", "product_view", "d1", None, None, "mobile"),
        ("a3", "purchase", "d1", "c1", ADA, "desktop"),
        ("a4", "experiment_exposure", "d1", None, None, "mobile"),
        ("a5", "session_start", "d1", None, ADA, "mobile"),
        ("a6", "purchase", "d1", "c1", None, "mobile"),
        ("a7", "click", "d1", None, None, "tablet"),
    ]
    assert warehouse.rows("web_events", "distinct occurred_at::varchar, received_at::varchar") == [
        ("2026-02-01 10:00:00.123", "2026-02-01 10:00:01")
    ]
    assert warehouse.quarantine("web_events", "reason, file_row") == [("no_identifier", 8)]


def test_pages_orders_and_experiments(warehouse) -> None:
    load_one(warehouse, "web_events", "amplitude", "amplitude.json")
    page = (
        "page_url, page_path, referrer, utm_source, utm_medium, utm_campaign, utm_term, click_id,"
        " country"
    )
    # What a person's properties say of campaigns may be of an earlier visit.
    assert warehouse.rows("web_events", page, "event_id = 'a1'") == [
        ("https://shop.test/p/1?gclid=g1", "/p/1", "https://mail.test/", "news", None, "spring",
         None, "gclid:g1", "France")
    ]  # fmt: skip
    told = "event_id, order_id, revenue::varchar, currency, experiment, variant"
    assert warehouse.rows("web_events", told, "event_id in ('a3', 'a4', 'a6')") == [
        ("a3", "o1", "12.50", "EUR", None, None),
        ("a4", None, None, None, "button", "b"),
        ("a6", None, "3.00", None, None, None),
    ]
