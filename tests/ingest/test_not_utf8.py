"""A byte that is not UTF-8 costs the record that it is in; a file in another encoding, the file."""

import gzip
import json

import pytest

from journey.ingest.read import not_utf8
from tests.ingest.rows import csv_of, good

CODED = r"caf\xE9"
LATIN = "café".encode("latin-1")
ADVICE = "it is probably Latin-1, Windows-1252 or UTF-16: export it as UTF-8, or convert it"


def as_delivered(text: str) -> bytes:
    """The text, in which the sign § stands for a word in Latin-1."""
    return text.encode().replace("§".encode(), LATIN)


def orders(bad: set[int], count: int = 20) -> list[dict[str, str]]:
    return [
        good("orders", order_id=f"o{number}", coupon="§" if number in bad else "Zoë")
        for number in range(1, count + 1)
    ]


def load(warehouse, name: str, content: bytes, kind: str = "orders"):
    warehouse.deliver(f"{kind}/{name}", content)
    (result,) = warehouse.load(kind).results
    return result


def check(warehouse, result, bad: set[int], count: int = 20) -> None:
    assert (result.status, result.delivered) == ("loaded", count)
    assert result.quarantine_reasons == {"not_utf8": len(bad)}
    kept = {f"o{number}" for number in range(1, count + 1) if number not in bad}
    assert {order_id for (order_id,) in warehouse.rows("orders", "order_id")} == kept
    assert set(warehouse.rows("orders", "coupon")) == {("Zoë",)}
    for row, (_, row_text) in zip(
        sorted(bad), warehouse.quarantine("orders", "file_row, row_text"), strict=True
    ):
        assert CODED in row_text
        assert f"o{row}" in row_text
    assert "is not UTF-8" in result.examples["not_utf8"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bad", [{1}, {20}, {3, 4, 11}])
def test_a_row_of_csv(warehouse, bad: set[int], ends: str) -> None:
    warehouse.source("orders")
    text = csv_of(orders(bad)).replace("\n", ends)
    check(warehouse, load(warehouse, "a.csv", as_delivered(text)), bad)
    assert warehouse.quarantine("orders", "file_row") == [(row + 1,) for row in sorted(bad)]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_a_row_of_a_packed_file(warehouse, name: str) -> None:
    rows = orders({5})
    text = csv_of(rows) if "csv" in name else "\n".join(map(json_of, rows))
    warehouse.source("orders")
    check(warehouse, load(warehouse, name, gzip.compress(as_delivered(text))), {5})


def json_of(row: dict[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False)


@pytest.mark.parametrize("around", ["{}", "[{}]", "[\n{}\n]", '{{"orders": [{}]}}'])
@pytest.mark.parametrize("between", [",", ",\n"])
def test_a_record_of_json(warehouse, around: str, between: str) -> None:
    rows = [json_of(row) for row in orders({2, 7})]
    text = around.format(between.join(rows)) if "[" in around else "\n".join(rows)
    warehouse.source("orders")
    check(warehouse, load(warehouse, "a.json", as_delivered(text)), {2, 7})


def test_a_record_of_a_page_of_them(warehouse) -> None:
    """The other records of the same line load."""
    posts = [
        {"sg_event_id": f"e{n}", "timestamp": 1769940000, "event": "open", "email": f"{n}@b.test"}
        for n in range(10)
    ]
    posts[3]["url"] = "§"
    lines = [json.dumps(posts[:5], ensure_ascii=False), json.dumps(posts[5:])]
    warehouse.source("email_events", "sendgrid")
    result = load(warehouse, "a.jsonl", as_delivered("\n".join(lines)), "email_events")
    assert (result.delivered, result.loaded) == (10, 9)
    assert result.quarantine_reasons == {"not_utf8": 1}


def test_a_value_of_several_lines_stays_one_row(warehouse) -> None:
    rows = orders({3})
    rows[2]["coupon"] = "a\n§\nb"
    warehouse.source("orders")
    result = load(warehouse, "a.csv", as_delivered(csv_of(rows)))
    assert (result.delivered, result.loaded) == (20, 19)
    assert result.quarantine_reasons == {"not_utf8": 1}


def test_other_faults_of_the_same_file_keep_their_reasons(warehouse) -> None:
    rows = csv_of(orders({3})).splitlines()
    rows[8] += ",x"
    rows[12] = rows[12].replace("Zoë", '"Zoë')
    warehouse.source("orders")
    result = load(warehouse, "a.csv", as_delivered("\n".join(rows)))
    assert (result.delivered, result.loaded) == (20, 17)
    assert result.quarantine_reasons == {"not_utf8": 1, "stray_quote": 1, "wrong_field_count": 1}


def test_the_types_of_a_mapped_file_are_those_of_its_other_rows(warehouse) -> None:
    rows = ["id,day,paid", "1,2026-02-01,9", "2,2026-02-01,§", "3,2026-02-01,11.50"]
    warehouse.source(
        "orders",
        "mapped",
        columns={
            "order_id": "id",
            "ordered_at": "day",
            "customer_id": "id",
            "net_amount": "greatest(paid, 1)",
            "currency": "'EUR'",
        },
    )
    result = load(warehouse, "a.csv", as_delivered("\n".join(rows)))
    assert (result.delivered, result.quarantine_reasons) == (3, {"not_utf8": 1})
    assert warehouse.rows("orders", "cast(net_amount as varchar)") == [("11.50",), ("9.00",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("order_id,§\n1,2\n", f"its header, line 1, is not UTF-8; {ADVICE}"),
        (csv_of(orders(set(range(1, 11)))), f"10 of its 20 rows are not UTF-8, the first is row 2; "
         f"{ADVICE}"),
        ("\n".join(map(json_of, orders({1, 2}, 3))), f"2 of its 3 rows are not UTF-8, the first is "
         f"row 1; {ADVICE}"),
    ],
)  # fmt: skip
def test_a_file_in_another_encoding_is_rejected(warehouse, text: str, words: str) -> None:
    warehouse.source("orders")
    result = load(warehouse, "a" if text[0] == "{" else "a.csv", as_delivered(text))
    assert result.status == "rejected"
    assert words in result.reason


def test_files_beside_it_load(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of([good("orders", order_id="a", coupon="Zoë")]))
    warehouse.deliver("orders/b.csv", as_delivered(csv_of(orders({1, 2}, 2))))
    warehouse.deliver("orders/c.csv", as_delivered(csv_of(orders({1}, 5))))
    found = [(r.status, r.loaded, r.quarantined) for r in warehouse.load("orders").results]
    assert found == [("loaded", 1, 0), ("rejected", 0, 0), ("loaded", 4, 1)]


def test_another_encoding_is_found_in_the_first_lines_of_a_long_file(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a copy of it, in which each of its bytes would be several."""
    monkeypatch.setattr(not_utf8, "marked", None)
    warehouse.source("orders")
    text = csv_of(orders(set(range(1, 401)), 600))
    result = load(warehouse, "a.csv", as_delivered(text))
    assert result.status == "rejected"
    assert f"400 of its first 601 lines are not UTF-8; {ADVICE}" in result.reason


def test_a_long_file_with_few_such_rows_loads(warehouse) -> None:
    warehouse.source("orders")
    result = load(warehouse, "a.csv", as_delivered(csv_of(orders(set(range(1, 201)), 600))))
    assert (result.loaded, result.quarantine_reasons) == (400, {"not_utf8": 200})


def test_a_copy_with_marks_is_bounded(warehouse) -> None:
    warehouse.given["max_unpacked_size"] = "1KB"
    warehouse.source("orders")
    rows = orders({1})
    rows[0]["coupon"] = "§" * 200
    result = load(warehouse, "a.csv", as_delivered(csv_of(rows)))
    assert result.status == "rejected"
    assert "convert it to UTF-8, or raise max_unpacked_size" in result.reason
