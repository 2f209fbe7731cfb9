"""A value of another type than its format has costs its record; a number is one however written.

Each member of each tool is tried by `test_members_of_tools`.
"""

import json

import pytest

from journey.ingest.outcomes import FileResult
from journey.ingest.read.wrong_types import WRONG_TYPE
from tests.ingest.hostile import RECORDS

NO_LISTS = ["none", {"id": 5}, 5, True, ["x"], [[{"id": 5}]]]


def test_refunds_that_are_no_list_are_counted(warehouse) -> None:
    order = RECORDS["orders", "shopify"]
    refund = {m: v for m, v in RECORDS["refunds", "shopify"].items() if m != "order_id"}
    for number, refunds in enumerate(NO_LISTS):
        orders = [order | {"id": 1, "refunds": [refund | {"id": 20 + number}, refund | {"id": 8}]}]
        orders += [order | {"id": 2, "refunds": refunds}, order | {"id": 3, "refunds": []}]
        warehouse.deliver(f"refunds/{number}.json", json.dumps({"orders": orders}))
    warehouse.source("refunds", "shopify")
    assert {
        json.dumps(refunds): (r.delivered, r.loaded + r.duplicate, r.quarantined)
        for refunds, r in zip(NO_LISTS, warehouse.load("refunds").results, strict=True)
    } == {json.dumps(refunds): (3, 2, 1) for refunds in NO_LISTS}


def test_a_refund_that_says_nothing_of_money_is_counted(warehouse) -> None:
    warehouse.source("refunds", "shopify")
    refund = {"id": 7, "order_id": 1, "created_at": "2026-02-01T10:00:00Z"}
    warehouse.deliver("refunds/a.json", json.dumps({"refund": refund}))
    (result,) = warehouse.load("refunds").results
    assert (result.delivered, result.quarantine_reasons) == (1, {"amount_missing": 1})


INT = {"event_params": [{"key": "a", "value": {"int_value": "MARK"}}]}
WHOLE = {
    "event_timestamp": {"event_timestamp": "MARK"},
    "batch_event_index": {"batch_event_index": "MARK"},
    "event_params[].value.int_value": INT,
}


def load_events(warehouse, event: dict, texts: list[str]) -> tuple[FileResult, dict[int, str]]:
    """A file of the event with each text in place of its mark, and the texts by their lines."""
    lines = [
        json.dumps(event | {"batch_page_id": number}).replace('"MARK"', text)
        for number, text in enumerate(texts, 1)
    ]
    warehouse.source("web_events", "ga4")
    warehouse.deliver("web_events/a.jsonl", "\n".join(lines))
    (result,) = warehouse.load("web_events").results
    return result, dict(enumerate(texts, 1))


@pytest.mark.parametrize("member", WHOLE)
def test_a_number_that_is_not_whole_costs_its_record_where_a_whole_one_is(
    warehouse, member: str
) -> None:
    """A cast would round it, or make nothing of it, in silence."""
    odd = ["1.6", '"1.6"', "0.5", "1e-3", "18446744073709551615", "1e400"]
    event = RECORDS["web_events", "ga4"] | WHOLE[member]
    _, lines = load_events(warehouse, event, ["1769940000000000", *odd])
    assert warehouse.rows("web_events", "file_row") == [(1,)]
    found = warehouse.quarantine("web_events", "file_row, reason, value")
    assert {lines[row]: why for row, *why in found} == {text: [WRONG_TYPE, member] for text in odd}


@pytest.mark.parametrize("member", [m for m in WHOLE if m != "event_timestamp"])
def test_a_whole_number_is_one_however_it_is_written(warehouse, member: str) -> None:
    texts = ["7", '"7"', "7.0", '"7.0"', "7e0", "null", '""']
    event = RECORDS["web_events", "ga4"] | WHOLE[member]
    result, lines = load_events(warehouse, event, texts)
    lost = {lines[row]: why for row, why in warehouse.quarantine("web_events", "file_row, reason")}
    assert lost == {}
    assert result.loaded + result.duplicate == len(texts)


def test_revenue_without_end_costs_its_record_and_none_is_nothing(warehouse) -> None:
    kept, lost = ["1.5", "NaN", '"NaN"'], ["1e400", "-1e400", "Infinity", '"-Infinity"']
    event = RECORDS["web_events", "ga4"] | {"event_name": "purchase"}
    event["ecommerce"] = {"transaction_id": "t1", "purchase_revenue": "MARK"}
    result, lines = load_events(warehouse, event, kept + lost)
    found = warehouse.quarantine("web_events", "file_row, reason")
    assert {lines[row]: why for row, why in found} == dict.fromkeys(lost, "revenue_not_a_number")
    assert result.loaded + result.duplicate == len(kept)
