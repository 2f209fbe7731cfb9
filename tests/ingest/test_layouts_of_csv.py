"""CSV as it comes: marks, line ends, separators, quotes, lines of a wrong length, long ones."""

import json
from collections.abc import Callable

import pytest

from tests.ingest.canonical import loaded
from tests.ingest.rows import csv_of, good

# By name: how a file of two orders is laid out.
LAYOUTS: dict[str, Callable[[str], str]] = {
    "a mark of its encoding": lambda text: f"\ufeff{text}",
    "a blank line before": lambda text: f"\n{text}",
    "blank lines after": lambda text: f"{text}\n\n",
    "carriage returns and line feeds": lambda text: text.replace("\n", "\r\n"),
    "carriage returns": lambda text: text.replace("\n", "\r"),
    "semicolons": lambda text: text.replace(",", ";"),
    "tabs": lambda text: text.replace(",", "\t"),
    "bars": lambda text: text.replace(",", "|"),
}


def test_a_table_may_be_laid_out_in_any_way(warehouse) -> None:
    for layout, of in LAYOUTS.items():
        rows = [good("orders", order_id=f"{layout} {number}") for number in (2, 3)]
        warehouse.deliver(f"orders/{layout}.csv", of(csv_of(rows)))
    warehouse.source("orders")
    found = {r.file_name.rpartition("/")[2]: r.loaded for r in warehouse.load("orders").results}
    assert found == {f"{layout}.csv": 2 for layout in LAYOUTS}
    kept = {row[0] for row in warehouse.rows("orders", "order_id")}
    assert kept == {f"{layout} {number}" for layout in LAYOUTS for number in (2, 3)}
    ends = "order_id, file_row", "order_id like 'carriage%'"
    assert {key[-1]: row for key, row in warehouse.rows("orders", *ends)} == {"2": 2, "3": 3}


def test_mixed_line_ends_are_fine(warehouse) -> None:
    lines = csv_of([good("orders", order_id=str(n)) for n in range(1, 5)]).splitlines()
    content = "\r\n".join(lines[:3]) + "\n" + "\n".join(lines[3:]) + "\r\n"
    assert loaded(warehouse, "orders", "a.csv", content).loaded == 4


def test_a_comma_in_a_value_is_no_separator_where_another_is(warehouse) -> None:
    for name, separator in (("semicolons", ";"), ("tabs", "\t"), ("bars", "|")):
        row = good("orders", order_id=name, coupon="a,b")
        warehouse.deliver(f"orders/{name}.csv", csv_of([row], separator))
    warehouse.source("orders")
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, coupon") == [
        ("bars", "a,b"), ("semicolons", "a,b"), ("tabs", "a,b")
    ]  # fmt: skip


def test_quotes_commas_and_line_ends_within_values(warehouse) -> None:
    topics = ['say "no"', "a,b", "two\nlines", " kept "]
    rows = [good("feedback", feedback_id=str(n), topic=t) for n, t in enumerate(topics)]
    loaded(warehouse, "feedback", "a.csv", csv_of(rows))
    kept = dict(warehouse.rows("feedback", "feedback_id, topic"))
    assert kept == {str(n): topic for n, topic in enumerate(topics)}


def test_rows_with_a_wrong_field_count_are_quarantined_alone(warehouse) -> None:
    rows = [good("orders", order_id=str(number)) for number in range(1, 7)]
    header, *lines = csv_of(rows).splitlines()
    lines[1] += ",surplus"
    lines[2] = "2,2026-02-01"
    lines[4] = '4,"unclosed" quote,' + lines[4].split(",", 2)[2]
    result = loaded(warehouse, "orders", "a.csv", "\n".join([header, *lines]) + "\n")
    assert (result.delivered, result.loaded) == (6, 3)
    assert warehouse.quarantine("orders", "file_row, reason, row_text") == [
        (3, "wrong_field_count", lines[1]),
        (4, "wrong_field_count", lines[2]),
        (6, "stray_quote", lines[4]),
    ]
    assert warehouse.rows("orders", "order_id, file_row") == [("1", 2), ("4", 5), ("6", 7)]


def test_wrong_field_counts_in_several_files_keep_their_files(warehouse) -> None:
    warehouse.source("orders")
    for number in range(3):
        row = good("orders", order_id=f"o{number}")
        broken = "x,y\n" * (number + 1)
        text = csv_of([row]) + broken + csv_of([row | {"order_id": f"z{number}"}]).split("\n", 1)[1]
        warehouse.deliver(f"orders/{number}.csv", text)
    results = warehouse.load("orders").results
    assert [result.quarantined for result in results] == [1, 2, 3]
    assert warehouse.rows("orders", "order_id, file_row", "order_id like 'z%'") == [
        ("z0", 4),
        ("z1", 5),
        ("z2", 6),
    ]


def test_a_line_longer_than_the_database_s_own_limit_is_read(warehouse) -> None:
    long = "x" * (5 << 20)
    rows = [good("orders", order_id="1", coupon=long), good("orders", order_id="2")]
    loaded(warehouse, "orders", "a.csv", csv_of(rows))
    loaded(warehouse, "orders", "b.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert warehouse.rows("orders", "order_id, length(coupon)") == [("1", 5 << 20), ("2", None)]


def test_line_numbers_are_right_far_into_large_files(warehouse) -> None:
    """Several buffers a file and several files: each row bears its own line."""
    warehouse.source("orders")
    padding = "p" * 900
    for name in ("a", "b", "c"):
        rows = (good("orders", order_id=f"{name}{n}", coupon=padding) for n in range(1, 40_001))
        warehouse.deliver(f"orders/{name}.jsonl", rows)
    warehouse.load("orders")
    right = "count_if(order_id = file_name[16:16] || file_row)"
    assert warehouse.rows("orders", f"count(*), {right}") == [(120_000, 120_000)]


RETURNS = {"a\rb": "a b", "\ra": " a", '"a\rb"': "a\rb", '"a, ""\rb"': 'a, "\rb'}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_carriage_return_in_a_value_costs_nothing(warehouse, ends: str) -> None:
    header = "order_id,ordered_at,customer_id,net_amount,currency,coupon"
    for file, given in enumerate(RETURNS):
        lines = [
            f"{file}-{n},2026-02-01,c{n},1,GBP,{given if n == 5 else 'x'}" for n in range(1, 21)
        ]
        warehouse.deliver(f"orders/{file}.csv", ends.join([header, *lines, ""]))
    warehouse.source("orders")
    results = warehouse.load("orders").results
    assert [(r.status, r.records, r.loaded) for r in results] == [("loaded", 20, 20)] * 4
    kept = warehouse.rows("orders", "order_id, coupon", "order_id like '%-5'")
    assert dict(kept) == {f"{file}-5": value for file, value in enumerate(RETURNS.values())}
