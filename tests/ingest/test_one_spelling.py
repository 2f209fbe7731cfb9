"""Names in another case than the tool's format has them: they are the same, at any depth.

That each tool's are is shown by `test_members_of_tools`; here is what may come in between.
"""

import json

from journey.ingest.formats import read_format
from tests.ingest.hostile import RECORDS
from tests.ingest.members import recased


def shopify(warehouse, *lines: str):
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.jsonl", "\n".join(lines))
    [result] = warehouse.load("orders").results
    return result


def test_a_cancelled_test_order_is_one_in_any_case(warehouse) -> None:
    order = RECORDS["orders", "shopify"]
    own = {m: v for m, v in order.items() if m not in ("test", "cancelled_at")} | {"id": 5}
    other = own | {"Test": True, "Cancelled_At": "2026-02-02T10:00:00Z"}
    shopify(warehouse, json.dumps(order), json.dumps(other))
    assert warehouse.rows("orders", "is_test, cancelled_at is null") == [
        (False, True),
        (True, False),
    ]


def test_one_name_in_two_cases_costs_the_record(warehouse) -> None:
    order = RECORDS["orders", "shopify"]
    lines = [
        json.dumps(order | {"id": 5, "Test": True}),
        json.dumps(order | {"id": 6, "customer": {"id": 2, "ID": 3}}),
        json.dumps(order | {"id": 7, "note": '{"Test":1}, "Test": 2'}),
    ]
    result = shopify(warehouse, *lines)
    assert result.quarantine_reasons == {"member_given_twice": 2}
    assert warehouse.rows("orders", "order_id") == [("7",)]
    assert warehouse.quarantine("orders", "row_text") == [(line,) for line in sorted(lines[:2])]


def test_a_name_in_another_case_that_is_written_in_escapes_costs_its_record(warehouse) -> None:
    order = RECORDS["orders", "shopify"]
    escaped = json.dumps(order | {"id": 5, "Test": True}).replace('"Test"', '"\\u0054est"')
    result = shopify(warehouse, json.dumps(order), escaped)
    assert result.quarantine_reasons == {"member_spelled_otherwise": 1}
    assert warehouse.quarantine("orders", "row_text") == [(escaped,)]


def test_what_is_in_an_object_in_another_case_is_known_beside_a_record_without(warehouse) -> None:
    """One record that has something else there must not hide the names of the others."""
    event = RECORDS["web_events", "segment"]
    known = read_format("web_events", "segment").columns
    other = recased(event | {"messageId": "m2"}, str.title, known)
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", [event | {"messageId": "m1", "context": "none"}, other])
    (result,) = warehouse.load("web_events").results
    assert result.quarantine_reasons == {"wrong_member_type": 1}
    assert warehouse.rows("web_events", "event_id, user_agent") == [
        ("m2", event["context"]["userAgent"])
    ]


def test_free_json_of_other_records_keeps_its_names(warehouse) -> None:
    event = RECORDS["web_events", "segment"]
    own = event | {"messageId": "m1", "properties": {"Event": "kept"}}
    other = {m: v for m, v in event.items() if m != "event"} | {"messageId": "m2", "Event": "Seen"}
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", [own, other])
    warehouse.load("web_events")
    assert warehouse.rows("web_events", "properties ->> 'Event'", "event_id = 'm1'") == [("kept",)]
