"""Files whose columns bear the contract's names: containers, headers, values as they are kept."""

import gzip
import json

import pytest

from journey.core.settings import KINDS
from journey.core.sql import text
from tests.ingest.rows import csv_of, good


def loaded(warehouse, kind: str, name: str, content: str | bytes, **given: object):
    """One file of a canonical source loaded, and its account."""
    warehouse.source(kind, **given)
    warehouse.deliver(f"{kind}/{name}", content)
    [result] = warehouse.load(kind).results
    return result


def rejection(warehouse, content: str | bytes, name: str = "a.csv", kind: str = "orders") -> str:
    result = loaded(warehouse, kind, name, content)
    assert result.status == "rejected"
    assert warehouse.rows(kind) == []
    prefix = f"landing/{kind}/{name}: "
    assert result.reason.startswith(prefix)
    return result.reason.removeprefix(prefix)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl", "a.json.gz", "a.parquet"])
def test_every_kind_comes_in_every_container(warehouse, kind: str, name: str) -> None:
    row = good(kind)
    if "csv" in name:
        content = csv_of([row])
    elif "json" in name:
        content = json.dumps(row)
    else:
        path = warehouse.deliver("plain.parquet", b"")
        columns = ", ".join(f"'{value}' as {column}" for column, value in row.items())
        warehouse.query(f"copy (select {columns}) to '{path}' (format parquet)")
        content = path.read_bytes()
    result = loaded(warehouse, kind, name, content)
    assert (result.reason, result.delivered, result.loaded) == (None, 1, 1)
    assert len(warehouse.rows(kind)) == 1


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


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-02-01T10:00:00Z", "2026-02-01 10:00:00"),
        ("2026-02-01 10:00:00", "2026-02-01 10:00:00"),
        ("2026-02-01T10:00:00.123456789-05:00", "2026-02-01 15:00:00.123456"),
        ("2026-02-01T10:00:00+0530", "2026-02-01 04:30:00"),
        (" 2026-02-01 ", "2026-02-01 00:00:00"),
        ("2026-02-01 23:30:00 America/New_York", "2026-02-02 04:30:00"),
    ],
)
def test_instants_are_kept_in_utc(warehouse, given: str, kept: str) -> None:
    loaded(warehouse, "orders", "a.csv", csv_of([good("orders", ordered_at=given)]))
    [(instant, day)] = warehouse.rows("orders", "ordered_at::varchar, event_date::varchar")
    assert (instant, day) == (kept, kept[:10])


@pytest.mark.parametrize("zone", ["BST", "CST", "IST", "EST", "CET", "ast", " GB"])
def test_a_zone_that_is_several_costs_its_row(warehouse, zone: str) -> None:
    """To the database BST is Dhaka's time: London's orders would be placed five hours early."""
    warehouse.source("orders")
    clear = good("orders", order_id="clear", ordered_at=f"2026-02-01 10:00:00 +0100 {zone.strip()}")
    rows = [good("orders", ordered_at=f"2026-02-01 10:00:00 {zone}"), clear]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    warehouse.load("orders")
    kept = [("clear",)] if len(zone.strip()) > 2 else []
    assert warehouse.rows("orders", "order_id") == kept
    reasons = [("ordered_at_not_a_timestamp",)] * (2 - len(kept))
    assert warehouse.quarantine("orders", "reason") == reasons


@pytest.mark.parametrize("zone", ["UTC", "gmt", "Europe/London", "+00:00", "GMT+0"])
def test_a_zone_that_is_one_is_taken(warehouse, zone: str) -> None:
    warehouse.source("orders")
    row = good("orders", ordered_at=f"2026-02-01 10:00:00 {zone}")
    warehouse.deliver("orders/a.csv", csv_of([row]))
    warehouse.load("orders")
    assert warehouse.rows("orders", "ordered_at::varchar") == [("2026-02-01 10:00:00",)]


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


@pytest.mark.parametrize(
    "given",
    [
        "2026-02-01T00:30:00+09:00",
        "2026-02-01T23:30:00-05:00",
        "2026-02-01 00:30:00 +0530",
        "2026-02-01T23:59:59.999Z",
        "2026-02-01 23:30:00 America/New_York",
    ],
)
def test_dates_alone_are_the_dates_that_are_written_whatever_their_offset(
    warehouse, given: str
) -> None:
    text = csv_of([good("orders", ordered_at=given)])
    loaded(warehouse, "orders", "a.csv", text, date_only=True)
    assert warehouse.rows("orders", "ordered_at::varchar, event_date::varchar") == [
        ("2026-02-01 23:59:59", "2026-02-01")
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("10", "10.00"), ("10.005", "10.01"), ("-10.005", "-10.01"), ("1e3", "1000.00")],
)
def test_money_is_rounded_half_away_from_zero(warehouse, given: str, kept: str) -> None:
    loaded(warehouse, "orders", "a.csv", csv_of([good("orders", net_amount=given)]))
    assert warehouse.rows("orders", "net_amount::varchar") == [(kept,)]


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


@pytest.mark.parametrize("score", ["0", "10"])
def test_nps_goes_from_0_to_10(warehouse, score: str) -> None:
    row = csv_of([good("feedback", kind="nps", score=score)])
    assert loaded(warehouse, "feedback", "a.csv", row).loaded == 1


@pytest.mark.parametrize("kind", ["csat", "review"])
@pytest.mark.parametrize(("score", "is_kept"), [("0", 0), ("1", 1), ("5.0", 1), ("6", 0)])
def test_csat_and_reviews_go_from_1_to_5(warehouse, kind: str, score: str, is_kept: int) -> None:
    row = csv_of([good("feedback", kind=kind, score=score)])
    assert loaded(warehouse, "feedback", "a.csv", row).loaded == is_kept


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


# Headers.

EXPECTED = "expected are order_id, ordered_at, customer_id, "


def test_an_unknown_column_is_rejected_by_name(warehouse) -> None:
    sentence = rejection(warehouse, csv_of([good("orders") | {"cupon": "X"}]))
    assert sentence.startswith(f"its header has 'cupon', which orders does not know; {EXPECTED}")
    assert "Rename it, if 'coupon' is meant, or use format 'mapped', which leaves out" in sentence


def test_a_column_that_is_like_no_other_may_be_taken_out(warehouse) -> None:
    sentence = rejection(warehouse, csv_of([good("orders") | {"colour": "X"}]))
    assert "Take out what is not needed, rename the rest, or use format 'mapped', which" in sentence


def test_a_missing_column_is_rejected_by_name(warehouse) -> None:
    sentence = rejection(warehouse, csv_of([good("orders", net_amount=None, customer_id=None)]))
    assert sentence.startswith(
        "its header lacks net_amount, customer_id or email_key or anonymous_id; expected are "
    )


def test_a_column_given_twice_is_rejected(warehouse) -> None:
    sentence = rejection(warehouse, "order_id,ordered_at,Order_ID\n1,2026-02-01,2\n")
    assert sentence == "its header has 'order_id' twice; rename one of them"


def test_a_file_without_its_header_is_rejected(warehouse) -> None:
    text = csv_of([good("orders")]).split("\n", 1)[1]
    assert "which orders does not know" in rejection(warehouse, text)


def test_a_parquet_file_with_another_header_is_rejected(warehouse) -> None:
    path = warehouse.deliver("plain.parquet", b"")
    warehouse.query(f"copy (select 1 as id) to '{path}' (format parquet)")
    assert "its header has column 1, which" in rejection(warehouse, path.read_bytes(), "a.parquet")


def test_a_damaged_parquet_file_is_rejected(warehouse) -> None:
    content = b"PAR1" + b"x" * 100 + (50).to_bytes(4, "little") + b"PAR1"
    assert "the Parquet file is damaged" in rejection(warehouse, content, "a.parquet")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty; deliver it again"),
        (b"\xff\xfea\x00", "it is UTF-16"),
        ("order_id,coupon\n1,é\n".encode("latin-1"), "1 of its 1 rows are not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_rejected(warehouse, content: bytes, words: str) -> None:
    assert words in rejection(warehouse, content)


def test_a_cut_gzip_is_rejected(warehouse) -> None:
    content = gzip.compress(csv_of([good("orders")] * 1000).encode())[:-20]
    assert "the gzip is cut off" in rejection(warehouse, content, "a.csv.gz")


def test_one_rejected_file_costs_only_itself(warehouse) -> None:
    warehouse.source("orders")
    for number in range(5):
        warehouse.deliver(f"orders/{number}.csv", csv_of([good("orders", order_id=f"o{number}")]))
    warehouse.deliver("orders/2.csv", csv_of([{"a": "1"}]))
    warehouse.deliver("orders/3.csv", b"")
    pending = warehouse.load("orders")
    assert [result.file_name[-5:] for result in pending.rejected] == ["2.csv", "3.csv"]
    assert warehouse.rows("orders", "order_id") == [("o0",), ("o1",), ("o4",)]


def test_a_header_alone_is_a_quiet_day(warehouse) -> None:
    result = loaded(warehouse, "orders", "a.csv", csv_of([good("orders")]).split("\n")[0])
    assert (result.status, result.delivered) == ("loaded", 0)


# CSV as it comes.


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff{}",
        "\n{}",
        "{}\n\n",
    ],
)
def test_marks_and_blank_lines_do_not_matter(warehouse, text: str) -> None:
    content = text.format(csv_of([good("orders"), good("orders", order_id="o2")]))
    assert loaded(warehouse, "orders", "a.csv", content).loaded == 2


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_other_line_ends_are_fine(warehouse, line_end: str) -> None:
    content = csv_of([good("orders"), good("orders", order_id="o2")]).replace("\n", line_end)
    assert loaded(warehouse, "orders", "a.csv", content).loaded == 2
    assert warehouse.rows("orders", "order_id, file_row") == [("o1", 2), ("o2", 3)]


def test_mixed_line_ends_are_fine(warehouse) -> None:
    lines = csv_of([good("orders", order_id=str(n)) for n in range(1, 5)]).splitlines()
    content = "\r\n".join(lines[:3]) + "\n" + "\n".join(lines[3:]) + "\r\n"
    assert loaded(warehouse, "orders", "a.csv", content).loaded == 4


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_found(warehouse, separator: str) -> None:
    content = csv_of([good("orders", coupon="a,b")], separator)
    assert loaded(warehouse, "orders", "a.csv", content).loaded == 1


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


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("given", "kept"),
    [("a\rb", "a b"), ("\ra", " a"), ('"a\rb"', "a\rb"), ('"a, ""\rb"', 'a, "\rb')],
)
def test_a_carriage_return_in_a_value_costs_nothing(warehouse, given, kept, ends) -> None:
    header = "order_id,ordered_at,customer_id,net_amount,currency,coupon"
    lines = [f"{n},2026-02-01,c{n},1,GBP,{given if n == 5 else 'x'}" for n in range(1, 21)]
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", ends.join([header, *lines, ""]))
    [result] = warehouse.load("orders").results
    assert (result.status, result.records, result.loaded) == ("loaded", 20, 20)
    assert warehouse.rows("orders", "coupon", "order_id = '5'") == [(kept,)]
