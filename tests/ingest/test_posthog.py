"""PostHog's batch exports: who a distinct_id is, flags, and properties as objects or as text."""

import json

from tests.ingest.records_of_tools import ADA, DATA, load_one

EVENTS = [
    ("u1", "page_view", "d1", None, None),
    ("u2", "identify", "d1", "c1", ADA),
    ("u3", "product_view", "d1", "c1", None),
    ("u4", "purchase", None, "c1", ADA),
    ("u5", "feature_flag_called", "d2", None, None),
    ("u6", "feature_flag_called", "d2", None, None),
    # An address is no id of the shop's own.
    ("u7", "quiz_done", None, None, ADA),
    # Without a profile of a person the id is no more than that of a device.
    ("u8", "page_view", "cookieless-1", None, None),
]
COLUMNS = "event_id, event_name, anonymous_id, customer_id, email_key"


def test_names_and_identities(warehouse) -> None:
    result = load_one(warehouse, "web_events", "posthog", "posthog.jsonl")
    assert (result.delivered, result.loaded) == (8, 8)
    assert warehouse.rows("web_events", COLUMNS) == EVENTS
    assert warehouse.rows("web_events", "distinct occurred_at::varchar, received_at::varchar") == [
        ("2026-02-01 10:00:00", "2026-02-01 10:00:02")
    ]


def test_pages_orders_and_experiments(warehouse) -> None:
    load_one(warehouse, "web_events", "posthog", "posthog.jsonl")
    page = "page_url, page_path, referrer, utm_source, utm_campaign, click_id, device, country"
    assert warehouse.rows("web_events", page, "event_id = 'u1'") == [
        ("https://shop.test/?utm_source=news&gclid=g1", "/", None, "news", "spring", "gclid:g1",
         "mobile", "FR")
    ]  # fmt: skip
    told = "order_id, revenue::varchar, currency, experiment, variant"
    assert warehouse.rows("web_events", told, "event_id in ('u4', 'u5', 'u6')") == [
        ("1001", "12.50", "EUR", None, None),
        (None, None, None, "button", "b"),
        # On or off is no experiment.
        (None, None, None, None, None),
    ]


def test_what_is_told_of_a_person_stays_out(warehouse) -> None:
    load_one(warehouse, "web_events", "posthog", "posthog.jsonl")
    [(told,)] = warehouse.rows("web_events", "string_agg(properties, '')", "true")
    assert "$set" not in told
    assert "Ada" not in told
    assert "203.0.113.7" not in told


def test_parquet_in_which_properties_are_text_is_the_same(warehouse) -> None:
    warehouse.source("web_events", "posthog")
    path = warehouse.deliver("web_events/a.parquet.zst", b"")
    warehouse.query(
        f"""copy (
            select uuid, event, distinct_id, person_id, properties::varchar as properties,
                person_properties::varchar as person_properties,
                "timestamp"::timestamptz as "timestamp", created_at::timestamptz as created_at
            from read_json('{DATA / "posthog.jsonl"}', columns = {{
                uuid: 'varchar', event: 'varchar', distinct_id: 'varchar', person_id: 'varchar',
                properties: 'json', person_properties: 'json', "timestamp": 'varchar',
                created_at: 'varchar'
            }})
        ) to '{path}' (format parquet, compression zstd)"""
    )
    [result] = warehouse.load("web_events").results
    assert (result.reason, result.loaded) == (None, 8)
    assert warehouse.rows("web_events", COLUMNS) == EVENTS
    lines = (DATA / "posthog.jsonl").read_bytes()
    warehouse.deliver("web_events/b.jsonl", lines)
    [again] = warehouse.load("web_events").results
    assert (again.delivered, again.duplicate) == (8, 8)


def test_events_of_the_api_and_text_for_properties(warehouse) -> None:
    event = {
        "id": "u9",
        "event": "$create_alias",
        "distinct_id": "c1",
        "timestamp": "2026-02-01T10:00:00Z",
        "properties": json.dumps({"alias": "d7", "$device_id": None}),
    }
    warehouse.source("web_events", "posthog")
    warehouse.deliver("web_events/a.json", json.dumps({"next": None, "results": [event]}))
    [result] = warehouse.load("web_events").results
    assert (result.reason, result.loaded) == (None, 1)
    assert warehouse.rows("web_events", COLUMNS) == [("u9", "alias", "d7", "c1", None)]
