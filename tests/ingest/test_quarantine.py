"""Every reason for quarantine: which rows it takes, and that it takes them alone."""

import json
import stat

import pytest

from journey.core.settings import KINDS
from journey.ingest.conform.conforming import reasons_of
from journey.ingest.contracts import read_contract
from tests.ingest.rows import BROKEN, good
from tests.messages import assert_says


@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_of_a_contract_is_tried(kind: str) -> None:
    assert list(BROKEN[kind]) == list(reasons_of(read_contract(kind)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_each_broken_row_is_quarantined_with_its_reason_alone(
    warehouse, kind: str, container: str
) -> None:
    """A file with one row broken in each way, between good ones."""
    contract = read_contract(kind)
    key = contract.key[-1]
    rows = [good(kind, **{key: "first"})]
    for number, changes in enumerate(BROKEN[kind].values()):
        rows.append(good(kind, **{key: f"k{number}"} | changes))
        rows.append(good(kind, **{key: f"good {number}"}))
    if container == "csv":
        header = contract.delivered_names
        lines = [",".join(header)] + [
            ",".join('"' + row.get(c, "").replace('"', '""') + '"' for c in header) for row in rows
        ]
        content = "\n".join(lines) + "\n"
    else:
        content = "".join(json.dumps(row) + "\n" for row in rows)
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.{container}", content)
    [result] = warehouse.load(kind).results
    first_line = 2 if container == "csv" else 1
    expected = [(reason, first_line + 1 + 2 * n) for n, reason in enumerate(BROKEN[kind])]
    assert warehouse.quarantine(kind, "reason, file_row") == sorted(expected)
    assert result.quarantine_reasons == dict.fromkeys(BROKEN[kind], 1)
    assert (result.delivered, result.loaded) == (len(rows), len(BROKEN[kind]) + 1)
    kept = [line for (line,) in warehouse.rows(kind, "file_row")]
    assert kept == [first_line + 2 * n for n in range(len(BROKEN[kind]) + 1)]


def test_a_quarantined_row_is_kept_as_delivered_for_its_owner_alone(warehouse) -> None:
    broken = good("orders", ordered_at="2026-13-01", email="ada@example.test")
    warehouse.source("orders")
    warehouse.deliver("orders/a.jsonl", [good("orders", order_id="2"), broken])
    warehouse.deliver("orders/b.csv", "order_id,ordered_at,net_amount,currency,email\nx,y,1,GBP,\n")
    pending = warehouse.load("orders")
    columns = "source, file_name, file_row, reason, value, row_text, delivered_on::varchar, load_id"
    assert warehouse.quarantine("orders", columns) == [
        ("orders", "landing/orders/a.jsonl", 2, "ordered_at_not_a_timestamp", "2026-13-01",
         json.dumps(broken), "2026-03-01", 1),
        ("orders", "landing/orders/b.csv", 2, "ordered_at_not_a_timestamp", "y",
         '{"order_id":"x","ordered_at":"y","net_amount":"1","currency":"GBP","email":null}',
         "2026-03-01", 1),
    ]  # fmt: skip
    path = warehouse.data_dir / "quarantine/orders/orders-1.parquet"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    [example] = pending.results[0].examples.values()
    what = "ordered_at '2026-13-01' is not a timestamp"
    where = "quarantine/orders/orders-1.parquet"
    assert_says(example, "landing/orders/a.jsonl row 2: ", what, where)


def test_a_quarantined_parquet_row_is_kept_as_delivered(warehouse) -> None:
    warehouse.source("orders")
    path = warehouse.deliver("orders/a.parquet", b"")
    warehouse.query(
        f"""copy (select i::varchar as order_id, '2026-02-01' as ordered_at, i as net_amount,
        case when i = 3 then 'x' else 'GBP' end as currency, 'c' as customer_id
        from range(1, 5) as t(i)) to '{path}' (format parquet)"""
    )
    warehouse.load("orders")
    assert warehouse.quarantine("orders", "reason, value, file_row, row_text") == [
        ("currency_not_iso_4217", "X", 3, '{"order_id":"3","ordered_at":"2026-02-01",'
         '"net_amount":3,"currency":"x","customer_id":"c"}')
    ]  # fmt: skip


def test_lines_that_are_no_objects_are_unparseable(warehouse) -> None:
    lines = ["{broken", "[1, 2]", "3", '"text"', "null", "{} {}", "", "  ", "\ufffd\x01\x02"]
    rows = [json.dumps(good("orders", order_id=str(number))) for number in range(1, 21)]
    warehouse.source("orders")
    warehouse.deliver("orders/a.jsonl", "\n".join([*rows, *lines]) + "\n")
    [result] = warehouse.load("orders").results
    # An array is a post of several records: its two elements are none. So are two in one line.
    assert result.quarantine_reasons == {"unparseable": 7, "order_id_missing": 2}
    assert (result.delivered, result.loaded) == (29, 20)


def test_a_member_that_the_contract_has_not_is_reported(warehouse) -> None:
    warehouse.source("orders")
    rows = [good("orders"), good("orders", order_id="2", cupon="X")]
    warehouse.deliver("orders/a.jsonl", rows)
    [result] = warehouse.load("orders").results
    assert result.loaded == 1
    assert warehouse.quarantine("orders", "reason, value") == [("unknown_column", "cupon")]
    [example] = result.examples.values()
    assert "orders has no column 'cupon'" in example


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_row_may_be_dated_a_day_after_its_delivery(warehouse, days: int) -> None:
    warehouse.source("orders", path="landing/orders_{date}.jsonl")
    at = f"2026-02-{10 + days}T23:59:59Z"
    warehouse.deliver("orders_2026-02-10.jsonl", [good("orders", ordered_at=at)])
    warehouse.load("orders")
    assert warehouse.quarantine("orders") == ([("in_the_future",)] if days == 2 else [])


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("orders", {"status": "done"}, "status 'done' is unknown; known are placed, paid, fulfil"),
        ("orders", {"currency": "pounds"}, "currency 'POUNDS' is not an ISO 4217 code (three lett"),
        ("orders", {"is_test": "2"}, "is_test '2' is neither true nor false"),
        ("customers", {"attributes": "[1"}, "attributes '\"[9\"' is not JSON"),
        ("feedback", {"kind": "poll"}, "kind 'poll' is unknown; known are nps, csat, review"),
    ],
)
def test_a_reason_says_what_is_known(warehouse, kind: str, changes: dict, words: str) -> None:
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.jsonl", [good(kind), good(kind, **changes)])
    [result] = warehouse.load(kind).results
    [example] = result.examples.values()
    assert f" row 2: {words}" in example


def test_an_expression_that_gives_nothing_is_named(warehouse) -> None:
    columns = dict.fromkeys(("order_id", "ordered_at", "currency", "customer_id"), "")
    columns = {column: column for column in columns} | {"net_amount": "try_cast(paid as double)"}
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver("orders/a.jsonl", [good("orders") | {"paid": "Ada"}])
    [result] = warehouse.load("orders").results
    [example] = result.examples.values()
    assert 'net_amount is missing: its expression "try_cast(paid as double)" gives no' in example
    assert "Ada" not in example
