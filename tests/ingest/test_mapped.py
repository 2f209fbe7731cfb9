"""Any file through the expressions of its source, and what a value that they fail on costs."""

import json
from pathlib import Path

import pytest

from journey import ingest
from journey.ingest.read import csv_files
from tests.ingest.mapped_orders import PLAIN, ROWS
from tests.ingest.rows import csv_of
from tests.ingest.uci import UCI
from tests.messages import assert_says

DATA = Path(__file__).parent / "data"
KEPT = "order_id, ordered_at::varchar, customer_id, net_amount::varchar"


def as_parquet(warehouse, csv: str) -> bytes:
    plain = warehouse.deliver("plain.csv", csv)
    path = warehouse.deliver("plain.parquet", b"")
    warehouse.query(f"copy (from read_csv('{plain}')) to '{path}' (format parquet)")
    return path.read_bytes()


def as_lines(warehouse, csv: str) -> str:
    plain = warehouse.deliver("plain.csv", csv)
    rows = warehouse.query(f"select to_json(line) from read_csv('{plain}') as line")
    return "".join(f"{row}\n" for (row,) in rows)


@pytest.mark.parametrize("container", ["csv", "parquet", "jsonl"])
def test_order_lines_become_orders(warehouse, container: str) -> None:
    text = (DATA / "uci_lines.csv").read_text()
    if container == "parquet":
        text = as_parquet(warehouse, text)
    elif container == "jsonl":
        text = as_lines(warehouse, text)
    warehouse.source("orders", "mapped", name="uci", **UCI)
    warehouse.deliver(f"uci/a.{container}", text)
    [result] = warehouse.load("orders").results
    assert (result.records, result.delivered, result.loaded) == (7, 2, 2)
    assert warehouse.rows("orders", KEPT) == [
        ("536365", "2010-12-01 08:26:00", "17850", "57.64"),
        ("536370", "2010-12-01 08:45:00", "12583", "90.00"),
    ]


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_rows_map_one_by_one(warehouse, container: str) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": "worth * 1"})
    rows = [row | {"worth": float(row["worth"])} for row in ROWS]
    content = csv_of(ROWS) if container == "csv" else "\n".join(map(json.dumps, rows))
    warehouse.deliver(f"orders/a.{container}", content)
    warehouse.load("orders")
    assert warehouse.rows("orders", KEPT) == [
        ("007", "2026-02-01 00:00:00", "12", "1.50"),
        ("8", "2026-02-02 00:00:00", "13", "2.00"),
    ]


def test_times_with_an_offset_in_csv_are_instants(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"ordered_at": "day + interval 1 hour"})
    rows = [row | {"day": f"{row['day']}T10:00:00-05:00"} for row in ROWS]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    warehouse.load("orders")
    assert [day for (day,) in warehouse.rows("orders", "ordered_at::varchar")] == [
        "2026-02-01 16:00:00",
        "2026-02-02 16:00:00",
    ]


@pytest.mark.parametrize(
    ("expression", "instant"),
    [
        ("strptime(day, '%d/%m/%Y %H:%M')", "2026-02-01 10:30:00"),
        ("timezone('Europe/Berlin', strptime(day, '%d/%m/%Y %H:%M'))", "2026-02-01 09:30:00"),
    ],
)
def test_a_time_in_another_notation_is_read_by_an_expression(
    warehouse, expression: str, instant: str
) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"ordered_at": expression})
    days = ("01/02/2026 10:30", "some day")
    rows = [
        {"id": str(n), "day": day, "who": "1", "worth": "1"} for n, day in enumerate(days, start=1)
    ]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    [result] = warehouse.load("orders").results
    assert (result.loaded, result.quarantined) == (1, 1)
    assert warehouse.rows("orders", "ordered_at::varchar") == [(instant,)]


def test_days_alone_lie_at_their_end(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN, date_only=True)
    warehouse.deliver("orders/a.csv", csv_of(ROWS))
    warehouse.load("orders")
    assert warehouse.rows("orders", "max(ordered_at)::varchar") == [("2026-02-02 23:59:59",)]


def test_members_that_json_leaves_out_are_nothing(warehouse) -> None:
    columns = PLAIN | {"coupon": "upper(code)", "discount_amount": "off + 1"}
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver("orders/a.jsonl", ROWS)
    [result] = warehouse.load("orders").results
    assert result.reason is None
    assert warehouse.rows("orders", "coupon, discount_amount") == [(None, None)] * 2


@pytest.mark.parametrize("member", ["coupon", '"COUPON"', "nullif(coupon, '')"])
def test_a_member_that_json_leaves_out_may_bear_the_name_of_its_column(warehouse, member) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"coupon": member})
    warehouse.deliver("orders/a.jsonl", ROWS)
    [result] = warehouse.load("orders").results
    assert (result.reason, result.loaded) == (None, 2)
    assert warehouse.rows("orders", "coupon") == [(None,), (None,)]


@pytest.mark.parametrize("group_by", [(), ("order_id",)], ids=["rows", "groups"])
@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_a_column_that_a_file_lacks_is_no_other_column_that_was_made(
    warehouse, container: str, group_by
) -> None:
    """The database would take the `order_id` that is made of `id` for the file's own."""
    columns = PLAIN | {"coupon": "upper(order_id)"}
    if group_by:
        columns = {c: e if c == "order_id" else f"max({e})" for c, e in columns.items()}
    warehouse.source("orders", "mapped", columns=columns, group_by=group_by)
    warehouse.deliver(f"orders/a.{container}", csv_of(ROWS) if container == "csv" else ROWS)
    [result] = warehouse.load("orders").results
    if container == "csv":
        assert 'Referenced column "order_id" not found' in result.reason
    assert warehouse.rows("orders", "coupon") == [(None,)] * result.loaded


def test_only_columns_that_a_source_uses_are_asked_for_their_types(warehouse, monkeypatch) -> None:
    """A file may have thousands of others."""
    asked: list[str] = []
    castable = csv_files._castable

    def noted(connection, cells, header, condition):
        asked.extend(header)
        return castable(connection, cells, header, condition)

    monkeypatch.setattr(csv_files, "_castable", noted)
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": "worth * 1"})
    warehouse.deliver("orders/a.csv", csv_of([row | {"other": "1"} for row in ROWS]))
    warehouse.load("orders")
    assert warehouse.rows("orders", "net_amount::varchar") == [("1.50",), ("2.00",)]
    assert asked == ["worth"]


@pytest.mark.parametrize("group_by", [(), ("order_id",)], ids=["rows", "groups"])
@pytest.mark.parametrize("content", ["[]", '{"data": []}', "[]\n[]\n"])
def test_a_quiet_day_is_a_delivery_without_rows(warehouse, content: str, group_by) -> None:
    columns = {c: f"max({e})" if group_by and c != "order_id" else e for c, e in PLAIN.items()}
    warehouse.source("orders", "mapped", columns=columns, group_by=group_by, where="worth <> 'x'")
    warehouse.deliver("orders/a.json", content)
    [result] = warehouse.load("orders").results
    assert (result.status, result.delivered, result.reason) == ("loaded", 0, None)


@pytest.mark.parametrize("content", ["{}", "{}\n{}\n", "[{}, {}]"])
def test_records_without_any_member_are_rows_without_a_key(warehouse, content: str) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN)
    warehouse.deliver("orders/a.json", content)
    warehouse.deliver("orders/b.jsonl", ROWS)
    [empty, other] = warehouse.load("orders").results
    assert empty.quarantine_reasons == {"order_id_missing": content.count("{}")}
    assert (other.reason, other.loaded) == (None, 2)


def test_nested_members_and_whole_documents_are_read(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": "money.worth"})
    rows = [{**row, "money": {"worth": row["worth"]}} for row in ROWS]
    warehouse.deliver("orders/a.json", json.dumps({"data": rows}, indent=2))
    warehouse.deliver("orders/b.json", json.dumps([row | {"id": "x" + row["id"]} for row in rows]))
    warehouse.load("orders")
    assert len(warehouse.rows("orders")) == 4


def test_without_a_key_the_file_and_line_are_the_key(warehouse) -> None:
    columns = {column: given for column, given in PLAIN.items() if column != "order_id"}
    warehouse.source("orders", "mapped", columns=columns, where="worth > 1.5")
    warehouse.deliver("orders/a.csv", csv_of([*ROWS, ROWS[1]]))
    [result] = warehouse.load("orders").results
    assert (result.records, result.delivered, result.loaded) == (3, 2, 2)
    assert [key.split(":")[1] for (key,) in warehouse.rows("orders", "order_id")] == ["3", "4"]


def test_an_expression_that_fails_on_a_row_costs_that_row(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": "cast(worth as double)"})
    warehouse.deliver("orders/a.csv", csv_of([*ROWS, ROWS[0] | {"id": "9", "worth": "n/a"}]))
    [result] = warehouse.load("orders").results
    assert (result.delivered, result.loaded) == (3, 2)
    assert result.quarantine_reasons == {"net_amount_failed": 1}
    [example] = result.examples.values()
    assert "row 4: the source's expression for net_amount fails on it" in example


def test_an_aggregate_that_fails_costs_its_file_alone(warehouse) -> None:
    columns = PLAIN | {"net_amount": "sum(cast(worth as double))", "ordered_at": "min(day)"}
    columns["customer_id"] = "min(who)"
    warehouse.source("orders", "mapped", columns=columns, group_by=["order_id"])
    warehouse.deliver("orders/a.csv", csv_of(ROWS))
    warehouse.deliver("orders/b.csv", csv_of([ROWS[0] | {"worth": "joe@example.test"}]))
    first, second = warehouse.load("orders").results
    assert first.loaded == 2
    why = "string '…' to DOUBLE when casting from source column worth"
    assert_says(second.reason, "landing/orders/b.csv: ", why, "fix the file", "source 'orders'")
    assert "joe" not in second.reason


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("cast(worth as decimal(9, 2))", 'Could not convert string "…" to DECIMAL(9,2)'),
        ("cast(worth as double)", "Could not convert string '…' to DOUBLE"),
        ("cast(telephone as integer)", "with value …"),
        ("year(strptime(worth, '%Y'))", "one of its values is not what is asked of it"),
        ("error(worth)", "one of its values is not what is asked of it"),
        ("telephone * 9000000000000000", "one of its values is out of range"),
    ],
)
@pytest.mark.parametrize("place", ["columns", "where"])
def test_no_word_of_a_row_is_in_the_reason(warehouse, expression, words, place) -> None:
    columns = PLAIN | {"ordered_at": "min(day)", "customer_id": "min(who)", "net_amount": "1"}
    given = {"columns": columns, "group_by": ["order_id"]}
    if place == "columns":
        columns["net_amount"] = f"min({expression})"
    else:
        given["where"] = f"({expression}) > 1"
    warehouse.source("orders", "mapped", **given)
    row = ROWS[0] | {"worth": 'Ada "Countess" Lovelace, 020 7946', "telephone": "447700900123"}
    warehouse.deliver("orders/a.csv", csv_of([row, row | {"id": "x"}]))
    [result] = warehouse.load("orders").results
    assert words in result.reason
    for word in ("Ada", "Countess", "Lovelace", "7946", "447700"):
        assert word not in result.reason


def test_a_where_that_fails_on_a_row_costs_that_row(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN, where="cast(worth as double) > 1.5")
    warehouse.deliver("orders/a.csv", csv_of([*ROWS, ROWS[0] | {"worth": "Ada Lovelace"}]))
    [result] = warehouse.load("orders").results
    assert (result.reason, result.loaded) == (None, 1)
    assert result.quarantine_reasons == {"where_failed": 1}
    [example] = result.examples.values()
    assert "row 4: the source's expression for where fails on it" in example


def test_rows_of_a_wrong_field_count_are_quarantined(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN)
    warehouse.deliver("orders/a.csv", csv_of(ROWS) + "9,2026-02-01\n")
    [result] = warehouse.load("orders").results
    assert (result.delivered, result.loaded) == (3, 2)
    assert warehouse.quarantine("orders", "reason, row_text") == [
        ("wrong_field_count", "9,2026-02-01")
    ]


def test_sums_are_the_same_whatever_the_threads(warehouse) -> None:
    lines = [{"id": "1", "day": "2026-02-01", "who": "1", "worth": str(1.1 + n % 7 / 3)}
             for n in range(30_000)]  # fmt: skip
    columns = {"order_id": "id", "ordered_at": "min(day)", "customer_id": "min(who)",
               "net_amount": "sum(worth)", "currency": "'GBP'",
               "coupon": "cast(sum(worth) as varchar)"}  # fmt: skip
    kept = set()
    for threads in (1, 2, 4):
        warehouse.given["threads"] = threads
        warehouse.source("orders", "mapped", columns=columns, group_by=["order_id"])
        warehouse.deliver("orders/a.csv", csv_of(lines))
        ingest.reset(warehouse.settings)
        warehouse.load("orders")
        kept |= set(warehouse.rows("orders", "coupon"))
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("(select id from delivered as other where other.id > delivered.id)", "8"),
        ("(with d as (select 'x' as a) select a from d)", "x"),
        ("(select max(part) from unnest(['a', 'b']) as parts(part))", "b"),
        ("who -- the customer, too", "12"),
    ],
)
def test_an_expression_may_ask_for_all_of_its_own_file(warehouse, expression, made) -> None:
    warehouse.source(
        "orders", "mapped", columns=PLAIN | {"coupon": expression}, where="true -- all"
    )
    warehouse.deliver("orders/a.csv", csv_of(ROWS))
    warehouse.load("orders")
    assert warehouse.rows("orders", "coupon", "order_id = '007'") == [(made,)]


@pytest.mark.parametrize("expression", ["worth - 1", "abs(worth)", "if(worth > 1, worth, 0)"])
def test_one_value_that_makes_a_column_text_costs_its_row_alone(warehouse, expression) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN | {"net_amount": expression})
    warehouse.deliver("orders/a.csv", csv_of(ROWS))
    warehouse.deliver("orders/b.csv", csv_of([*ROWS, ROWS[0] | {"id": "9", "worth": "1 200,00"}]))
    first, second = warehouse.load("orders").results
    assert first.loaded == 2
    assert (second.reason, second.delivered, second.quarantined) == (None, 3, 1)
    forgiving = PLAIN | {"net_amount": "try_cast(worth as decimal(18, 2)) - 1"}
    warehouse.source("orders", "mapped", columns=forgiving)
    (*_, again) = warehouse.load("orders").results
    assert (again.loaded + again.restated + again.duplicate, again.quarantined) == (2, 1)


@pytest.mark.parametrize("member", ['a"b', "a/b", "a~b", "a.b", "$", "*", " "])
def test_a_list_is_found_under_a_member_of_any_name(warehouse, member: str) -> None:
    warehouse.source("orders", "mapped", columns=PLAIN)
    warehouse.deliver("orders/list.json", json.dumps({member: ROWS}))
    warehouse.deliver("orders/none.json", json.dumps({member: "1"}))
    listed, none = warehouse.load("orders").results
    assert (listed.loaded, listed.quarantined) == (2, 0)
    assert (none.status, none.loaded, none.quarantined) == ("loaded", 0, 1)
