"""Files whose columns bear the contract's names: containers, and values as they are kept."""

import gzip
import json
from collections.abc import Iterable

import pytest

from journey.core.settings import KINDS
from journey.core.sql import text
from journey.ingest.contracts import read_contract
from tests.ingest.canonical import loaded
from tests.ingest.rows import csv_of, good


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_in_every_container(warehouse, kind: str) -> None:
    row, key = good(kind), read_contract(kind).key[-1]
    names = ["a.csv", "b.csv.gz", "c.jsonl", "d.json.gz", "e.parquet"]
    for number, name in enumerate(names, 1):
        own = row | {key: f"k{number}"}
        if "csv" in name:
            content = csv_of([own])
        elif "json" in name:
            content = json.dumps(own)
        else:
            path = warehouse.deliver("plain.parquet", b"")
            columns = ", ".join(f"{text(value)} as {column}" for column, value in own.items())
            warehouse.query(f"copy (select {columns}) to '{path}' (format parquet)")
            content = path.read_bytes()
        warehouse.deliver(f"{kind}/{name}", content)
    warehouse.source(kind)
    results = warehouse.load(kind).results
    found = {r.file_name.rpartition("/")[2]: (r.reason, r.delivered, r.loaded) for r in results}
    assert found == dict.fromkeys(names, (None, 1, 1))
    assert len(warehouse.rows(kind)) == len(names)


def test_all_containers_keep_the_same_row(warehouse) -> None:
    row = good("orders", email="ada@example.test", coupon="A,B")
    csv, jsonl = csv_of([row]), json.dumps(row)
    parquet = warehouse.deliver("plain.parquet", b"")
    warehouse.query(
        f"""copy (select 'o1' as order_id, timestamptz '2026-02-01 10:00:00Z' as ordered_at,
        'c1' as customer_id, 'paid' as status, 10.0::double as net_amount, 12 as total_amount,
        0.00::decimal(5, 2) as discount_amount, 2::float as tax_amount, 0 as shipping_amount,
        'GBP' as currency, date '2026-02-02' as cancelled_at, false as is_test, 'A,B' as coupon,
        'ada@example.test' as email) to '{parquet}' (format parquet)"""
    )
    for name, content in (("a.csv", csv), ("b.jsonl", jsonl), ("c.parquet", parquet.read_bytes())):
        warehouse.deliver(f"orders/{name}", content)
    warehouse.source("orders")
    first, *others = warehouse.load("orders").results
    assert first.loaded == 1
    assert [result.duplicate for result in others] == [1, 1]


def test_packed_parquet_is_read(warehouse) -> None:
    path = warehouse.deliver("plain.parquet", b"")
    warehouse.query(f"copy (select 'x' as channel, 1 as amount, 'GBP' as currency,"
                    f" date '2026-02-01' as spend_date) to '{path}' (format parquet)")  # fmt: skip
    result = loaded(warehouse, "ad_spend", "a.parquet.gz", gzip.compress(path.read_bytes()))
    assert result.loaded == 1


def keep_each(warehouse, column: str, given: Iterable[str], kept: str) -> dict[str, tuple]:
    """What is kept of each value of a column, from one file of orders."""
    orders = {f"o{number}": value for number, value in enumerate(given)}
    rows = [good("orders", order_id=order, **{column: value}) for order, value in orders.items()]
    loaded(warehouse, "orders", "a.csv", csv_of(rows))
    found = warehouse.rows("orders", f"order_id, {kept}")
    return {orders[order]: values for order, *values in found}


INSTANTS = {
    "2026-02-01T10:00:00Z": "2026-02-01 10:00:00",
    "2026-02-01 10:00:00": "2026-02-01 10:00:00",
    "2026-02-01T10:00:00.123456789-05:00": "2026-02-01 15:00:00.123456",
    "2026-02-01T10:00:00+0530": "2026-02-01 04:30:00",
    " 2026-02-01 ": "2026-02-01 00:00:00",
    "2026-02-01 23:30:00 America/New_York": "2026-02-02 04:30:00",
    # A zone that is one, however it is written.
    "2026-02-01 10:00:00 UTC": "2026-02-01 10:00:00",
    "2026-02-01 10:00:00 gmt": "2026-02-01 10:00:00",
    "2026-02-01 10:00:00 Europe/London": "2026-02-01 10:00:00",
    "2026-02-01 10:00:00 +00:00": "2026-02-01 10:00:00",
    "2026-02-01 10:00:00 GMT+0": "2026-02-01 10:00:00",
}


def test_instants_are_kept_in_utc(warehouse) -> None:
    kept = keep_each(warehouse, "ordered_at", INSTANTS, "ordered_at::varchar, event_date::varchar")
    assert kept == {given: [instant, instant[:10]] for given, instant in INSTANTS.items()}


def test_a_zone_that_is_several_costs_its_row(warehouse) -> None:
    """To the database BST is Dhaka's time: London's orders would be placed five hours early."""
    zones = ["BST", "CST", "IST", "EST", "CET", "ast", " GB"]
    rows = []
    for zone in zones:
        for order, offset in ((zone, ""), (f"clear {zone}", "+0100 ")):
            time = f"2026-02-01 10:00:00 {offset}{zone.strip() if offset else zone}"
            rows.append(good("orders", order_id=order, ordered_at=time))
    loaded(warehouse, "orders", "a.csv", csv_of(rows))
    kept = {order for (order,) in warehouse.rows("orders", "order_id")}
    assert kept == {f"clear {zone}" for zone in zones if len(zone.strip()) > 2}
    reasons = [("ordered_at_not_a_timestamp",)] * (2 * len(zones) - len(kept))
    assert warehouse.quarantine("orders", "reason") == reasons


@pytest.mark.parametrize(
    ("given", "kept", "reasons"),
    [
        ("is_test: [1.0, 0.0, null]::double[]", [False, False, True], []),
        ("is_test: ['1.0', '0.0', '7.0']", [False, True], ["is_test_not_a_boolean"]),
        ("net_amount: [true, false, null]", [], ["net_amount_missing"]
         + ["net_amount_not_a_number"] * 2),
    ],
)  # fmt: skip
def test_flags_may_be_floats_and_amounts_are_no_flags(warehouse, given, kept, reasons) -> None:
    column, values = given.split(": ")
    columns = [
        f"{text(v)} as {c}" for c, v in good("orders").items() if c not in (column, "order_id")
    ]
    columns += ["'o' || n as order_id", f"({values})[n] as {column}"]
    warehouse.source("orders")
    path = warehouse.deliver("orders/a.parquet", b"")
    warehouse.query(f"copy (select {', '.join(columns)} from range(1, 4) as row(n)) to '{path}'")
    warehouse.load("orders")
    assert sorted(flag for (flag,) in warehouse.rows("orders", "is_test")) == kept
    assert [reason for (reason,) in warehouse.quarantine("orders", "reason")] == reasons


def test_instants_of_dates_alone_lie_at_the_end_of_their_day(warehouse) -> None:
    row = good("orders", ordered_at="2026-02-01", cancelled_at="2026-02-03")
    loaded(warehouse, "orders", "a.csv", csv_of([row]), date_only=True)
    assert warehouse.rows("orders", "ordered_at::varchar, cancelled_at::varchar") == [
        ("2026-02-01 23:59:59", "2026-02-03 23:59:59")
    ]


def test_dates_alone_are_the_dates_that_are_written_whatever_their_offset(warehouse) -> None:
    given = [
        "2026-02-01T00:30:00+09:00",
        "2026-02-01T23:30:00-05:00",
        "2026-02-01 00:30:00 +0530",
        "2026-02-01T23:59:59.999Z",
        "2026-02-01 23:30:00 America/New_York",
    ]
    rows = [good("orders", order_id=written, ordered_at=written) for written in given]
    loaded(warehouse, "orders", "a.csv", csv_of(rows), date_only=True)
    kept = warehouse.rows("orders", "order_id, ordered_at::varchar, event_date::varchar")
    assert {order: days for order, *days in kept} == {
        written: ["2026-02-01 23:59:59", "2026-02-01"] for written in given
    }


def test_money_is_rounded_half_away_from_zero(warehouse) -> None:
    money = {"10": "10.00", "10.005": "10.01", "-10.005": "-10.01", "1e3": "1000.00"}
    kept = keep_each(warehouse, "net_amount", money, "net_amount::varchar")
    assert kept == {given: [rounded] for given, rounded in money.items()}


def test_binary_numbers_are_taken_for_the_decimals_they_mean(warehouse) -> None:
    rows = [
        good("orders", order_id=str(n)) | {"net_amount": v} for n, v in enumerate((1.005, 2.675), 1)
    ]
    loaded(warehouse, "orders", "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    path = warehouse.deliver("orders/b.parquet", b"")
    warehouse.query(
        f"""copy (select '3' as order_id, timestamp '2026-02-01' as ordered_at, 1.005::double
        as net_amount, 'GBP' as currency, 'c' as customer_id) to '{path}' (format parquet)"""
    )
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, net_amount::varchar") == [
        ("1", "1.01"),
        ("2", "2.68"),
        ("3", "1.01"),
    ]


def test_defaults_and_empty_values(warehouse) -> None:
    row = {"order_id": "1", "ordered_at": "2026-02-01", "net_amount": "0", "currency": " gbp "}
    loaded(warehouse, "orders", "a.csv", csv_of([row | {"customer_id": "c", "coupon": ""}]))
    columns = "status, is_test, currency, coupon, net_amount::varchar, total_amount"
    assert warehouse.rows("orders", columns) == [("placed", False, "GBP", None, "0.00", None)]


def test_scores_have_the_range_of_their_kind(warehouse) -> None:
    kept = {
        ("nps", "0"): True, ("nps", "10"): True, ("nps", "11"): False,
        **{(kind, score): is_kept for kind in ("csat", "review")
           for score, is_kept in (("0", False), ("1", True), ("5.0", True), ("6", False))},
    }  # fmt: skip
    rows = [
        good("feedback", feedback_id=f"{kind} {score}", kind=kind, score=score)
        for kind, score in kept
    ]
    loaded(warehouse, "feedback", "a.csv", csv_of(rows))
    found = {key for (key,) in warehouse.rows("feedback", "feedback_id")}
    assert found == {f"{kind} {score}" for (kind, score), is_kept in kept.items() if is_kept}


def test_without_a_key_column_the_file_and_line_are_the_key(warehouse) -> None:
    row = good("orders", order_id=None)
    result = loaded(warehouse, "orders", "a.csv", csv_of([row, row]))
    assert (result.loaded, result.duplicate) == (2, 0)
    prefix = result.sha256[:16]
    assert warehouse.rows("orders", "order_id") == [(f"{prefix}:2",), (f"{prefix}:3",)]


def test_a_key_of_an_address_may_be_delivered_as_such(warehouse) -> None:
    rows = [good("customers", customer_id="1", email=None, email_key="AB" * 32)]
    rows.append(good("customers", customer_id="2", email=None, email_key="Ada@example.test"))
    rows.append(good("customers", customer_id="3", email_key=None))
    loaded(warehouse, "customers", "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    [(_, given), (_, keyed), (_, plain)] = warehouse.rows("customers", "customer_id, email_key")
    assert given == "ab" * 32
    assert keyed == plain != "ada@example.test"
