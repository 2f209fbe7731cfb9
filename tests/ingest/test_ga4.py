"""Exports of Google Analytics 4, whose rows have no ids of their own."""

import json

from tests.ingest.records_of_tools import DATA, load_one
from tests.messages import assert_says


def test_ga4_json_lines(warehouse) -> None:
    result = load_one(warehouse, "web_events", "ga4", "ga4.jsonl")
    assert result.loaded == 2
    rows = warehouse.rows(
        "web_events",
        "event_name, cast(occurred_at as varchar), cast(received_at as varchar), anonymous_id,"
        " customer_id, page_path, utm_source, utm_medium, click_id, device, country, order_id,"
        " cast(revenue as varchar), currency",
    )
    assert rows == [
        ("purchase", "2026-02-01 10:00:00", None, "1.2", "c1", "/done", "google", "cpc",
         "gclid:g1", "desktop", None, "T1", "25.50", "USD"),
        ("sign_up", "2026-02-01 10:00:01", "2026-02-01 10:00:01.5", "1.2", None, None, None, None,
         None, None, "Israel", None, None, None),
    ]  # fmt: skip
    [(properties,)] = warehouse.rows("web_events", "properties", "event_name = 'purchase'")
    assert json.loads(properties) == {"currency": "USD", "value": "30"}


def test_equal_ga4_rows_are_facts_of_their_own(warehouse) -> None:
    """Without ids, two equal rows of one file are two events; the next export repeats them."""
    warehouse.source("web_events", "ga4")
    row = json.loads((DATA / "ga4.jsonl").read_text().splitlines()[0])
    other = {**row, "event_name": "scroll"}
    warehouse.deliver("web_events/a.jsonl", [row, row, other])
    warehouse.deliver("web_events/b.jsonl", [other, row, row, row])
    first, second = warehouse.load("web_events").results
    assert (first.loaded, first.duplicate) == (3, 0)
    assert (second.loaded, second.duplicate) == (1, 3)
    assert len(set(warehouse.rows("web_events", "event_id"))) == 4


def test_ga4_rejects_a_parquet_file_that_is_not_its_export(warehouse) -> None:
    warehouse.source("web_events", "ga4")
    path = warehouse.deliver("web_events/a.parquet", b"")
    warehouse.query(f"copy (select 1 as event_name) to '{path}' (format parquet)")
    [rejected] = warehouse.load("web_events").rejected
    lacking = "no column event_timestamp, event_params, user_pseudo_id"
    expected = "event_timestamp, event_name, event_params, user_pseudo_id"
    assert_says(rejected.reason, "landing/web_events/a.parquet: ", lacking, expected)
