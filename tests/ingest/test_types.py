"""What a value of a mapped CSV file means does not hang on the values of other rows."""

import pytest

from tests.ingest.rows import csv_of

PLAIN = {"order_id": "id", "ordered_at": "day", "customer_id": "who", "net_amount": "worth",
         "currency": "'GBP'"}  # fmt: skip
ROW = {"id": "1", "day": "2026-02-01", "who": "w", "worth": "12.50", "paid": "9"}
KEPT = "order_id, ordered_at::varchar, net_amount::varchar"


def load(warehouse, rows, columns=(), **given):
    warehouse.source("orders", "mapped", columns=PLAIN | dict(columns), **given)
    warehouse.deliver("orders/a.csv", csv_of([ROW | row for row in rows]))
    (result,) = warehouse.load("orders").results
    return result


@pytest.mark.parametrize(
    "ids", [("10.1", "10.10"), ("1" * 23, "1" * 22 + "2"), ("+5", "5"), ("1e2", "100")]
)
def test_identifiers_stay_as_they_are_written(warehouse, ids) -> None:
    assert load(warehouse, [{"id": given} for given in ids]).loaded == 2
    assert warehouse.rows("orders", "order_id") == sorted((given,) for given in ids)


def test_long_identifiers_of_json_stay_as_they_are(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN)
    line = '{"id":%s,"day":"2026-02-01","who":1,"worth":1.5}\n'
    warehouse.deliver("orders/a.jsonl", line % ("1" * 23) + line % ("1" * 22 + "2"))
    assert warehouse.load("orders").results[0].loaded == 2


@pytest.mark.parametrize(
    ("odd", "columns", "where"),
    [
        ({"worth": "abc"}, {}, None),
        ({"worth": "abc"}, {"net_amount": "worth * 1"}, None),
        ({"worth": "abc"}, {}, "worth > paid"),
        ({"worth": "abc"}, {"net_amount": "greatest(worth, 2)"}, None),
        ({"day": "soon"}, {}, None),
        ({"day": "soon"}, {"ordered_at": "day + interval 0 hour"}, None),
    ],
)
def test_one_odd_value_costs_its_row_and_changes_no_other(warehouse, odd, columns, where) -> None:
    rows = [{}, {"id": "2", "worth": "10"}]
    result = load(warehouse, [*rows, odd | {"id": "3"}], columns, where=where)
    assert (result.reason, result.loaded, result.quarantined) == (None, 2, 1)
    assert warehouse.rows("orders", KEPT) == [
        ("1", "2026-02-01 00:00:00", "12.50"),
        ("2", "2026-02-01 00:00:00", "10.00"),
    ]


def test_numbers_beside_a_word_are_not_compared_as_text(warehouse) -> None:
    columns = {"net_amount": "max(worth)", "ordered_at": "min(day)", "customer_id": "min(who)"}
    result = load(
        warehouse,
        [{"worth": "9"}, {"worth": "10"}, {"id": "2", "worth": "abc"}],
        columns,
        group_by=["order_id"],
    )
    assert result.reason  # a grouped file is whole or not at all
    assert not warehouse.rows("orders", KEPT)


def test_text_that_holds_numbers_alone_is_text_where_text_is_asked_for(warehouse) -> None:
    result = load(warehouse, [{}, {"id": "2"}], where="id not like 'C%'")
    assert (result.reason, result.loaded) == (None, 2)


def test_text_that_is_made_into_a_number_is_left_to_its_expression(warehouse) -> None:
    columns = {"net_amount": "replace(worth, ',', '.')"}
    result = load(warehouse, [{"worth": "12,50"}, {"id": "2", "worth": "3"}], columns)
    assert (result.reason, result.loaded) == (None, 2)
    assert warehouse.rows("orders", "net_amount::varchar") == [("12.50",), ("3.00",)]


def test_an_object_that_is_text_in_one_record_does_not_stop_the_run(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": "money.worth"})
    record = {**ROW, "money": {"worth": 1}}
    warehouse.deliver("orders/a.jsonl", [record, record | {"money": "none"}])
    warehouse.deliver("orders/b.jsonl", [record])
    first, second = warehouse.load("orders").results
    assert first.reason
    assert second.loaded == 1
