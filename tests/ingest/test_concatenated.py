"""Records that follow one another without a line end between them are records each."""

import gzip
import json

import pytest

from journey.ingest import limits
from journey.ingest.read.concatenated import records_of
from tests.ingest.conftest import EMAIL_KEY
from tests.ingest.hostile import RECORDS
from tests.ingest.rows import good


def order(number: int) -> str:
    return json.dumps(good("orders", order_id=f"o{number}", coupon='}{ "],[" \\'))


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (b'{"a":1}{"a":2}', [b'{"a":1}', b'{"a":2}']),
        (b' {"a":[{}]} [1] ', [b'{"a":[{}]}', b"[1]"]),
        (b'{"a":"}{\\""},{"b":2},', [b'{"a":"}{\\""}', b'{"b":2}']),
        (b'{"a":1}{"a":', [b'{"a":1}', b'{"a":']),
        (b'{"a":1} x {"a":2}', [b'{"a":1}', b'x {"a":2}']),
        (b'{"a":1}]{"a":2}', [b'{"a":1}', b']{"a":2}']),
        (b'{"a":1}"b"{"a":2}', [b'{"a":1}', b'"b"{"a":2}']),
        (b'{"a":"1}{', [b'{"a":"1}{']),
        (b"", []),
    ],
)
def test_records_of_a_text(text: bytes, records: list[bytes]) -> None:
    assert records_of(text) == records


@pytest.mark.parametrize(
    ("format", "between"), [("canonical", ""), ("mapped", " "), ("canonical", "\t,\t")]
)
def test_each_record_of_a_line_loads(warehouse, format: str, between: str) -> None:
    given = {"columns": {c: c for c in good("orders", coupon="")}} if format == "mapped" else {}
    warehouse.source("orders", format, **given)
    lines = [order(1), order(2) + between + order(3) + between + order(4), order(5)]
    contents = {
        "a.jsonl": "\n".join(lines),
        "b.jsonl.gz": gzip.compress((order(6) + between + order(7)).encode(), mtime=0),
        "c.json": (order(8) + between + order(9)).replace(", ", ",\n"),
    }
    for name, content in contents.items():
        warehouse.deliver(f"orders/{name}", content)
    results = warehouse.load("orders").results
    assert [(r.reason, r.records, r.delivered, r.loaded) for r in results] == [
        (None, 5, 5, 5),
        (None, 2, 2, 2),
        (None, 2, 2, 2),
    ]
    assert len(warehouse.rows("orders", "distinct order_id")) == 9
    assert {c for (c,) in warehouse.rows("orders", "coupon")} == {'}{ "],[" \\'}


def test_what_is_no_whole_record_is_quarantined(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.jsonl", f"{order(1)}{order(2)}{order(3)[:-9]}\n{order(4)}\n")
    (result,) = warehouse.load("orders").results
    assert (result.records, result.loaded) == (4, 3)
    assert result.quarantine_reasons == {"unparseable": 1}


def test_a_list_whose_brackets_are_lost_loads(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.jsonl", "".join(f"{order(n)},\n" for n in range(1, 4)))
    (result,) = warehouse.load("orders").results
    assert (result.records, result.loaded) == (3, 3)


@pytest.mark.parametrize("content", ["{}{}", '[{"a":1},{"a"', '{"orders":[{"a":1},{"a":2}'])
def test_documents_that_are_cut_off_are_rejected_or_quarantined(warehouse, content) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.json", content)
    (result,) = warehouse.load("orders").results
    assert result.loaded == 0
    assert result.reason or result.quarantined == result.delivered > 0


def test_documents_of_a_tool_one_after_the_other(warehouse) -> None:
    warehouse.source("orders", "shopify")
    shop = RECORDS["orders", "shopify"]
    pages = [{"orders": [shop | {"id": n}, shop | {"id": n + 1}]} for n in (1, 3)]
    for name, indent in (("a.json", 1), ("b.jsonl", None)):
        content = "".join(json.dumps(page, indent=indent) for page in pages)
        warehouse.deliver(f"orders/{name}", content)
    first, second = warehouse.load("orders").results
    assert (first.records, first.loaded, second.duplicate) == (4, 4, 4)


def test_a_document_that_memory_may_not_hold_is_rejected(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WHOLE_PART", 1e-9)
    warehouse.source("orders")
    pages = ((order(1) + order(2)).replace(", ", ",\n"), f"{order(3)}{order(4)}\n{order(5)}\n")
    for name, content in zip(("a.json", "b.jsonl"), pages, strict=True):
        warehouse.deliver(f"orders/{name}", content)
    first, second = warehouse.load("orders").results
    assert (first.status, second.loaded) == ("rejected", 3)
    assert "its records follow one another in a document of more than" in first.reason
    assert "raise memory_limit" in first.reason
    monkeypatch.undo()
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    warehouse.given["memory_limit"] = "2GB"
    (again,) = warehouse.load("orders").results
    assert again.loaded == 2
