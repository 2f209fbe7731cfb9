"""Snowplow's enriched events: lines without a header or quotes, Parquet, and JSON."""

import json
import random

import pytest

from journey.ingest.formats import read_format
from tests.ingest.hostile import TEXTS, accounted, check_sentences
from tests.ingest.records_of_tools import ADA, DATA, load_one

FIELDS = read_format("web_events", "snowplow").fields
NAMES = [
    ("e1", "page_view", "d1", None, None, "2026-02-01 10:00:00"),
    ("e10", "transaction_item", "d1", None, None, "2026-02-01 10:00:00"),
    ("e11", "search", "d1", None, None, "2026-02-01 10:00:00"),
    ("e12", "screen_view", "d9", None, None, "2026-02-01 10:00:00"),
    ("e13", "quiz_done", "d1", None, None, "2026-02-01 10:00:00"),
    # Whoever sent it knew when it happened.
    ("e2", "page_ping", "d1", None, None, "2026-02-01 08:00:00"),
    ("e3", "size_guide_opened", "d1", None, None, "2026-02-01 09:59:58"),
    ("e4", "product_view", "d1", None, None, "2026-02-01 10:00:00"),
    ("e5", "add_to_cart", "d1", None, None, "2026-02-01 10:00:00"),
    ("e6", "begin_checkout", "d1", None, None, "2026-02-01 10:00:00"),
    ("e7", "purchase", "d1", "c1", None, "2026-02-01 10:00:00"),
    ("e8", "refund", "d1", "c1", None, "2026-02-01 10:00:00"),
    # A shop that names people by their addresses gives no id of its own.
    ("e9", "purchase", "d1", None, ADA, "2026-02-01 10:00:00"),
]


def event(**given: str) -> str:
    """A line of the stream."""
    own = {
        "event": "page_view",
        "event_id": "e1",
        "event_name": "page_view",
        "collector_tstamp": "2026-02-01 10:00:00.000",
        "domain_userid": "d1",
    } | given
    return "\t".join(own.get(field, "") for field in FIELDS)


def test_lines_without_a_header_are_events(warehouse) -> None:
    result = load_one(warehouse, "web_events", "snowplow", "snowplow.tsv")
    assert (result.records, result.delivered, result.loaded) == (14, 14, 13)
    columns = "event_id, event_name, anonymous_id, customer_id, email_key, occurred_at::varchar"
    assert warehouse.rows("web_events", columns) == NAMES
    assert warehouse.quarantine("web_events", "reason, row_text") == [
        ("wrong_field_count", "shop\tweb")
    ]


def test_pages_campaigns_clicks_and_experiments(warehouse) -> None:
    load_one(warehouse, "web_events", "snowplow", "snowplow.tsv")
    columns = (
        "page_url, page_path, referrer, utm_source, utm_medium, utm_campaign, utm_content,"
        " utm_term, click_id, device, country, experiment, variant"
    )
    assert warehouse.rows("web_events", columns, "event_id in ('e1', 'e2')") == [
        ("https://shop.test/?utm_source=news&gclid=g0", "/", "https://mail.test/", "news", "email",
         "spring", "top", "lamp", "gclid:g0", "mobile", "FR", "7", "b"),
        ("https://shop.test/p/1", "/p/1", None, None, None, None, None, None, "msclkid:m1",
         "desktop", None, None, None),
    ]  # fmt: skip
    assert warehouse.rows("web_events", "event_id", "device is null or device <> 'mobile'") == [
        ("e2",)
    ]


def test_orders_and_what_is_told_of_events(warehouse) -> None:
    load_one(warehouse, "web_events", "snowplow", "snowplow.tsv")
    columns = "event_id, order_id, revenue::varchar, currency"
    assert warehouse.rows("web_events", columns, "order_id is not null") == [
        ("e10", "o2", None, "GBP"),
        ("e7", "o1", "12.50", "EUR"),
        ("e8", "o1", "2.00", "EUR"),
        ("e9", "o2", "20.00", "GBP"),
    ]
    told = warehouse.rows("web_events", "event_id, properties", "event_id in ('e13', 'e3')")
    assert [(own, json.loads(properties)) for own, properties in told] == [
        ("e13", {"score": 3, "mail": "[address]"}),
        ("e3", {"category": "size guide", "label": '"open', "property": None, "value": "2"}),
    ]


def test_parquet_and_json_of_the_same_events_are_the_same(warehouse) -> None:
    """There, what belongs to an event has a column for each schema, with names in snake case."""
    warehouse.source("web_events", "snowplow")
    sale = '{"transaction_id": "o1", "revenue": 12.5, "currency": "EUR"}'
    path = warehouse.deliver("web_events/a.parquet", b"")
    warehouse.query(
        f"""copy (select 'shop' as app_id, 'unstruct' as event, 'p1' as event_id,
            'snowplow_ecommerce_action' as event_name,
            timestamptz '2026-02-01 10:00:01+00' as collector_tstamp,
            timestamptz '2026-02-01 10:00:00+00' as derived_tstamp, 'd1' as domain_userid,
            1 as domain_sessionidx, false as dvce_ismobile, 12.5::decimal(18, 2) as tr_total,
            {{'type': 'transaction'}} as
            unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1,
            [{{'transaction_id': 'o1', 'currency': 'EUR'}}] as
            contexts_com_snowplowanalytics_snowplow_ecommerce_transaction_1,
            [{{'user_id': 'd2'}}] as contexts_com_snowplowanalytics_snowplow_client_session_1,
            [{{'id': 'w1'}}] as contexts_com_snowplowanalytics_snowplow_web_page_1
        ) to '{path}' (format parquet)"""
    )
    event = {
        "event": "unstruct",
        "event_id": "j1",
        "event_name": "snowplow_ecommerce_action",
        "collector_tstamp": "2026-02-01T10:00:01.000Z",
        "derived_tstamp": "2026-02-01T10:00:00.000Z",
        "domain_userid": "d1",
        "dvce_ismobile": False,
        "unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1": {
            "type": "transaction"
        },
        "contexts_com_snowplowanalytics_snowplow_ecommerce_transaction_1": [json.loads(sale)],
    }
    warehouse.deliver("web_events/b.jsonl", [event])
    assert [r.reason for r in warehouse.load("web_events").results] == [None, None]
    columns = (
        "event_id, event_name, occurred_at::varchar, received_at::varchar, anonymous_id, order_id,"
        " revenue::varchar, currency"
    )
    same = ("2026-02-01 10:00:00", "2026-02-01 10:00:01", "d1", "o1", "12.50", "EUR")
    assert warehouse.rows("web_events", columns) == [
        ("j1", "purchase", *same),
        ("p1", "purchase", *same),
    ]


@pytest.mark.parametrize("name", ["part-00000", "run=2026-02-01.gz", "a.tsv", "a.csv", "a.txt"])
def test_files_are_known_whatever_their_names(warehouse, name: str) -> None:
    warehouse.source("web_events", "snowplow")
    warehouse.deliver(f"web_events/{name}", event() + "\n" + event(event_id="e2"))
    [result] = warehouse.load("web_events").results
    assert (result.reason, result.delivered, result.loaded) == (None, 2, 2)


def test_a_header_that_was_added_is_no_event(warehouse) -> None:
    warehouse.source("web_events", "snowplow")
    warehouse.deliver("web_events/a.tsv", "\t".join(FIELDS) + "\n" + event() + "\n")
    [result] = warehouse.load("web_events").results
    assert (result.delivered, result.loaded) == (1, 1)


def test_a_first_line_that_is_cut_off_costs_itself_alone(warehouse) -> None:
    warehouse.source("web_events", "snowplow")
    warehouse.deliver("web_events/a.tsv", f"shop\tweb\n{event()}\n\n{event(event_id='e2')}\r\n\n")
    [result] = warehouse.load("web_events").results
    assert (result.delivered, result.loaded, result.quarantine_reasons) == (
        *(3, 2),
        {"wrong_field_count": 1},
    )


@pytest.mark.parametrize("content", ["event_id,event\n1,page_view\n", "a\tb\nc\td\n"])
def test_a_file_of_other_fields_is_rejected(warehouse, content: str) -> None:
    warehouse.source("web_events", "snowplow")
    warehouse.deliver("web_events/a.csv", content)
    [result] = warehouse.load("web_events").results
    assert result.status == "rejected"
    assert "fields, parted by tabs, and 131 are expected" in result.reason


def test_quotes_and_bytes_of_any_field_cost_no_other_row(warehouse) -> None:
    """Nothing is quoted: a quote is a sign as any other, and what is not UTF-8 costs its row."""
    draw = random.Random(7)
    texts = [text for text in TEXTS if not set(text) & set("\t\n\r\x00")]
    lines = []
    for field in FIELDS:
        for text in draw.sample(texts, 6):
            lines.append(event(**{"event_id": f"h{len(lines)}", field: text}).encode())
    bad = event(event_id="bad", page_title="caf\xe9").encode("latin-1")
    open_quotes = [event(event_id=f"q{n}", page_title='"open').encode() for n in range(3)]
    warehouse.source("web_events", "snowplow")
    warehouse.deliver("web_events/a.tsv", b"\n".join([*lines, bad, *open_quotes]) + b"\n")
    [result] = warehouse.load("web_events").results
    check_sentences(result)
    assert (result.reason, result.delivered) == (None, len(lines) + 4)
    assert accounted(result) == result.delivered
    assert result.quarantine_reasons["not_utf8"] == 1
    assert len(warehouse.rows("web_events", "event_id", "event_id like 'q%'")) == 3
    kept = warehouse.rows("web_events", "event_id", "event_id like 'h%'")
    assert len(kept) > len(lines) * 0.9


def test_the_same_file_again_changes_nothing_and_a_changed_event_restates(warehouse) -> None:
    result = load_one(warehouse, "web_events", "snowplow", "snowplow.tsv")
    content = (DATA / "snowplow.tsv").read_text().replace("size guide", "sizes")
    warehouse.deliver("web_events/again.tsv", content)
    [again] = warehouse.load("web_events").results
    assert (again.delivered, again.restated) == (14, 1)
    assert again.duplicate == result.loaded - 1
