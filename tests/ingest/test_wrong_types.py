"""Text where a list or an object should be costs its record, whichever member of a format it is."""

import json
from typing import Any

import pytest

from journey.ingest.formats import read_format
from journey.ingest.read.wrong_types import WRONG_TYPE
from tests.ingest.hostile import RECORDS

NUMBERS = ("bigint", "double", "boolean")
EMPTY = [None, "", [], {}]


def wrong_values(kind: Any) -> list[Any]:
    if isinstance(kind, list):
        return ["text", {"a": 1}, 5]
    if isinstance(kind, dict):
        return ["text", [1], True]
    if kind == "json":
        return []
    return [[1], {"a": 1}, *(["text"] if kind in NUMBERS else [])]


def branches(kind: Any, path: tuple = ()) -> list[tuple[tuple, Any]]:
    """Every member of a structure, of lists the first element: its path and type."""
    found = [(path, kind)] if path else []
    inner = kind.items() if isinstance(kind, dict) else ()
    if isinstance(kind, list):
        inner = [(0, kind[0])]
    for step, of in inner:
        found += branches(of, (*path, step))
    return found


def record_with(record: dict[str, Any], path: tuple, value: Any) -> dict[str, Any]:
    """The record with a value at a path, whatever lies before it."""
    *before, last = path
    copy = place = json.loads(json.dumps(record))
    for step, then in zip(before, path[1:], strict=True):
        if isinstance(place, list):
            place[:] = [{} if isinstance(then, str) else []]
        elif not isinstance(place.get(step), dict if isinstance(then, str) else list):
            place[step] = {} if isinstance(then, str) else []
        place = place[step]
    if isinstance(place, list):
        place[:] = [value]
    else:
        place[last] = value
    return copy


def in_lists_of_scalars(path: tuple, kind: Any) -> bool:
    return isinstance(kind, str) and kind in NUMBERS and 0 in path


@pytest.mark.parametrize(("kind", "format"), RECORDS)
def test_a_member_of_another_type_costs_its_record(warehouse, kind: str, format: str) -> None:
    known = read_format(kind, format)
    wrong = [
        (path, record_with(RECORDS[kind, format], path, value))
        for path, of in branches(known.columns)
        for value in wrong_values(of)
        if not (in_lists_of_scalars(path, of) and value == "text")
    ]
    sound = RECORDS[kind, format]
    warehouse.source(kind, format)
    warehouse.deliver(f"{kind}/a.jsonl", [sound, *(record for _, record in wrong)])
    (result,) = warehouse.load(kind).results
    assert (result.records, result.loaded) == (1 + len(wrong), 1)
    assert (result.delivered, result.quarantine_reasons) == (
        1 + len(wrong),
        {WRONG_TYPE: len(wrong)},
    )
    said = [value for (value,) in warehouse.quarantine(kind, "value")]
    assert set(said) == {
        ".".join("[]" if step == 0 else step for step in path).replace(".[]", "[]")
        for path, _ in wrong
    }
    assert " its member '" in result.examples[WRONG_TYPE]


@pytest.mark.parametrize(("kind", "format"), RECORDS)
def test_lists_and_objects_are_empty_in_every_way(warehouse, kind: str, format: str) -> None:
    known = read_format(kind, format)
    nested = [(path, of) for path, of in branches(known.columns) if isinstance(of, dict | list)]
    records = [
        record_with(RECORDS[kind, format], path, value)
        for path, _ in nested
        if format != "ga4" or path[0] != "event_params"
        for value in EMPTY
    ]
    warehouse.source(kind, format)
    warehouse.deliver(f"{kind}/a.jsonl", records or [RECORDS[kind, format]])
    (result,) = warehouse.load(kind).results
    assert WRONG_TYPE not in result.quarantine_reasons


@pytest.mark.parametrize("refunds", ["none", {"id": 5}, 5, True, ["x"], [[{"id": 5}]]])
def test_refunds_that_are_no_list_are_counted(warehouse, refunds: Any) -> None:
    order = RECORDS["orders", "shopify"]
    refund = {m: v for m, v in RECORDS["refunds", "shopify"].items() if m != "order_id"}
    orders = [order | {"id": 1, "refunds": [refund, refund | {"id": 8}]}]
    orders += [order | {"id": 2, "refunds": refunds}, order | {"id": 3, "refunds": []}]
    warehouse.source("refunds", "shopify")
    warehouse.deliver("refunds/a.json", json.dumps({"orders": orders}))
    (result,) = warehouse.load("refunds").results
    assert (result.delivered, result.loaded, result.quarantined) == (3, 2, 1)


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


@pytest.mark.parametrize("text", ["1.6", '"1.6"', "0.5", "1e-3", "18446744073709551615", "1e400"])
@pytest.mark.parametrize("member", WHOLE)
def test_a_number_that_is_not_whole_costs_its_record_where_a_whole_one_is(
    warehouse, member: str, text: str
) -> None:
    """A cast would round it, or make nothing of it, in silence."""
    event = RECORDS["web_events", "ga4"]
    odd = json.dumps(event | {"user_id": "u2"} | WHOLE[member]).replace('"MARK"', text)
    warehouse.source("web_events", "ga4")
    warehouse.deliver("web_events/a.jsonl", f"{json.dumps(event)}\n{odd}\n")
    (result,) = warehouse.load("web_events").results
    assert (result.loaded, result.quarantined) == (1, 1)
    assert warehouse.quarantine("web_events", "reason, value") == [(WRONG_TYPE, member)]


@pytest.mark.parametrize("text", ["7", '"7"', "7.0", '"7.0"', "7e0", "null", '""'])
@pytest.mark.parametrize("member", [m for m in WHOLE if m != "event_timestamp"])
def test_a_whole_number_is_one_however_it_is_written(warehouse, member: str, text: str) -> None:
    event = RECORDS["web_events", "ga4"] | WHOLE[member]
    warehouse.source("web_events", "ga4")
    warehouse.deliver("web_events/a.jsonl", json.dumps(event).replace('"MARK"', text))
    (result,) = warehouse.load("web_events").results
    assert (result.loaded, result.quarantined) == (1, 0)


@pytest.mark.parametrize(
    ("text", "loaded"),
    [("1.5", 1), ("NaN", 1), ('"NaN"', 1), ("1e400", 0), ("-1e400", 0), ("Infinity", 0),
     ('"-Infinity"', 0)],
)  # fmt: skip
def test_revenue_without_end_costs_its_record_and_none_is_nothing(
    warehouse, text: str, loaded: int
) -> None:
    event = RECORDS["web_events", "ga4"] | {"event_name": "purchase"}
    event["ecommerce"] = {"transaction_id": "t1", "purchase_revenue": "MARK"}
    warehouse.source("web_events", "ga4")
    warehouse.deliver("web_events/a.jsonl", json.dumps(event).replace('"MARK"', text))
    (result,) = warehouse.load("web_events").results
    assert (result.loaded, result.quarantined) == (loaded, 1 - loaded)
    assert set(result.quarantine_reasons) <= {"revenue_not_a_number"}
