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


@pytest.mark.parametrize("container", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("odd", "columns"),
    [
        ([{"worth": "n/a"}, {"paid": "?"}], {"net_amount": "worth * paid"}),
        ([{"worth": "n/a", "paid": "?"}], {"net_amount": "worth * paid"}),
        ([{"worth": "n/a"}, {"day": "soon"}],
         {"net_amount": "worth * 1", "ordered_at": "day + interval 1 hour"}),
        ([{"worth": "n/a"}, {"paid": "?"}, {"tax": "-"}, {"day": "soon"}],
         {"net_amount": "worth * paid - tax * 1", "ordered_at": "day + interval 1 hour"}),
    ],
)  # fmt: skip
def test_odd_values_in_several_columns_cost_their_rows(warehouse, container, odd, columns) -> None:
    numbers = {"worth": 12.5, "paid": 2, "tax": 1}
    if container == "csv":
        numbers = {column: str(number) for column, number in numbers.items()}
    else:  # which has no dates
        odd = [row for row in odd if "day" not in row]
        columns = {column: given for column, given in columns.items() if column != "ordered_at"}
    rows = [ROW | numbers | {"id": str(n)} for n in range(1, 21)]
    rows += [ROW | numbers | {"id": f"odd{n}"} | row for n, row in enumerate(odd)]
    warehouse.source("orders", "mapped", columns=PLAIN | columns)
    warehouse.deliver(f"orders/a.{container}", csv_of(rows) if container == "csv" else rows)
    (result,) = warehouse.load("orders").results
    assert (result.reason, result.loaded, result.quarantined) == (None, 20, len(odd))


def test_numbers_beside_a_word_are_not_compared_as_text(warehouse) -> None:
    columns = {"net_amount": "max(worth)", "ordered_at": "min(day)", "customer_id": "min(who)"}
    result = load(
        warehouse,
        [{"worth": "9"}, {"worth": "10"}, {"id": "2", "worth": "abc"}],
        columns,
        group_by=["order_id"],
    )
    assert (result.reason, result.delivered) == (None, 2)
    assert result.quarantine_reasons == {"unreadable_value": 1}
    assert warehouse.rows("orders", KEPT) == [("1", "2026-02-01 00:00:00", "10.00")]


def test_text_that_holds_numbers_alone_is_text_where_text_is_asked_for(warehouse) -> None:
    result = load(warehouse, [{}, {"id": "2"}], where="id not like 'C%'")
    assert (result.reason, result.loaded) == (None, 2)


def test_text_that_is_made_into_a_number_is_left_to_its_expression(warehouse) -> None:
    columns = {"net_amount": "replace(worth, ',', '.')"}
    result = load(warehouse, [{"worth": "12,50"}, {"id": "2", "worth": "3"}], columns)
    assert (result.reason, result.loaded) == (None, 2)
    assert warehouse.rows("orders", "net_amount::varchar") == [("12.50",), ("3.00",)]


@pytest.mark.parametrize("odd", ["n/a", [2], {"a": 1}])
def test_a_number_in_a_list_that_is_none_costs_its_record(warehouse, odd) -> None:
    columns = {"net_amount": "list_sum(list_transform(lines, lambda line: line.price))"}
    warehouse.source("orders", "mapped", columns=PLAIN | columns)
    prices = [2, 3.5, "4.5", odd, None]
    rows = [RECORD | {"id": str(n), "lines": [{"price": 1}, {"price": price}]}
            for n, price in enumerate(prices, 1)]  # fmt: skip
    warehouse.deliver("orders/a.jsonl", rows)
    (result,) = warehouse.load("orders").results
    assert (result.delivered, result.quarantine_reasons) == (5, {"wrong_member_type": 1})
    assert [row[2] for row in warehouse.rows("orders", KEPT)] == ["3.00", "4.50", "5.50", "1.00"]


RECORD = {**ROW, "worth": 9, "money": {"worth": 1}, "lines": [{"price": 2}]}


@pytest.mark.parametrize(
    ("member", "expression"),
    [
        ("money", "money.worth"),
        ("worth", "worth + 1"),
        ("worth", "greatest(worth, 1)"),
        ("lines", "lines[1].price"),
        ("lines", "list_sum(list_transform(lines, lambda line: line.price))"),
    ],
)
@pytest.mark.parametrize("odd", ["none", ["a"], {"b": 1}, True, 5, [[5]]])
def test_a_member_of_another_type_costs_its_record_at_most(
    warehouse, member: str, expression: str, odd
) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": expression})
    rows = [RECORD, RECORD | {"id": "2"}, RECORD | {"id": "3", member: odd}]
    warehouse.deliver("orders/a.jsonl", rows)
    warehouse.deliver("orders/b.jsonl", [RECORD | {"id": "4"}])
    first, second = warehouse.load("orders").results
    assert (first.reason, first.delivered, second.loaded) == (None, 3, 1)
    assert first.loaded + first.quarantined == 3
    assert {("1",), ("2",), ("4",)} <= set(warehouse.rows("orders", "order_id"))
    amounts = warehouse.rows("orders", "net_amount", "order_id in ('1', '2')")
    assert len(amounts) == 2
    assert len(set(amounts)) == 1
    if first.quarantined:
        assert warehouse.quarantine("orders", "file_row") == [(3,)]


def test_numbers_beside_a_word_are_not_compared_as_text_in_json(warehouse) -> None:
    columns = {"net_amount": "max(worth)", "ordered_at": "min(day)", "customer_id": "min(who)"}
    warehouse.source("orders", "mapped", columns=PLAIN | columns, group_by=["order_id"])
    worths = [("1", 9), ("1", 10), ("2", "abc"), ("3", "12")]
    warehouse.deliver("orders/a.jsonl", [ROW | {"id": i, "worth": w} for i, w in worths])
    (result,) = warehouse.load("orders").results
    assert (result.delivered, result.loaded) == (3, 2)
    assert warehouse.quarantine("orders") == [("wrong_member_type",)]
    assert [row[2] for row in warehouse.rows("orders", KEPT)] == ["10.00", "12.00"]


@pytest.mark.parametrize("beside", [[], ["n/a"]], ids=["alike", "beside a word"])
@pytest.mark.parametrize(
    ("time", "an_hour_later"),
    [
        ("2026-02-01T10:00:00-05:00", "2026-02-01 16:00:00"),
        ("2026-02-01 10:00:00 Europe/Berlin", "2026-02-01 10:00:00"),
        ("2026-02-01 10:00:00 UTC", "2026-02-01 11:00:00"),
        ("2026-02-01 10:00:00", "2026-02-01 11:00:00"),
        ("2026-02-01 10:00 PM", None),
        ("2026-02-01 10:00:00 BST", None),
    ],
)
def test_a_time_never_loses_the_zone_or_the_half_of_the_day_that_follows_it(
    warehouse, time: str, an_hour_later: str | None, beside: list[str]
) -> None:
    rows = [{"id": str(number), "day": day} for number, day in enumerate([time, *beside], 1)]
    result = load(warehouse, rows, {"ordered_at": "day + interval 1 hour"})
    assert (result.reason, result.delivered) == (None, len(rows))
    kept = [instant for (instant,) in warehouse.rows("orders", "ordered_at::varchar")]
    assert kept == [an_hour_later] * (an_hour_later is not None)
