"""What identifies people, orders and facts, and when: written in many ways, kept in one."""

import pytest

from tests.ingest.rows import csv_of, good

COUNTS = "count(customer_id), count(anonymous_id), count(email_key)"
FILLERS = ["null", "NULL", "None", "undefined", "NaN", "n/a", "N/A", "\\N", "0", "-1", "0.0",
           "[object Object]", "(not set)", "unknown", "empty",
           "00000000-0000-0000-0000-000000000000"]  # fmt: skip


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_filler_words_name_no_person_and_no_order(warehouse, container: str) -> None:
    rows = [
        good("orders", order_id=f"o{n}", customer_id=word, anonymous_id=word, email="a@b.test")
        for n, word in enumerate(FILLERS)
    ]
    rows += [good("orders", order_id=word) for word in FILLERS]
    rows += [good("orders", order_id=f"n{n}", customer_id=word) for n, word in enumerate(FILLERS)]
    content = csv_of(rows) if container == "csv" else rows
    warehouse.source("orders")
    warehouse.deliver(f"orders/a.{container}", content)
    [result] = warehouse.load("orders").results
    assert result.loaded == len(FILLERS)
    assert result.quarantine_reasons == {
        "order_id_missing": len(FILLERS),
        "no_identifier": len(FILLERS),
    }
    assert warehouse.rows("orders", COUNTS) == [(0, 0, len(FILLERS))]


def test_a_filler_word_for_an_address_is_no_address_and_costs_no_row(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of([good("orders", email="NULL")]))
    warehouse.load("orders")
    assert warehouse.rows("orders", "customer_id, email_key") == [("c1", None)]


def test_a_filler_is_no_customer_record(warehouse) -> None:
    warehouse.source("customers")
    rows = [good("customers", customer_id=w) for w in ("null", "7.0", "0")]
    warehouse.deliver("customers/a.jsonl", rows)
    [result] = warehouse.load("customers").results
    assert result.quarantine_reasons == {"customer_id_missing": 2}
    assert warehouse.rows("customers", "customer_id") == [("7",)]


def test_a_fact_may_be_number_nought_and_its_order_may_not(warehouse) -> None:
    """An export that counts from nought must not lose its first row."""
    warehouse.source("web_events")
    keys = ["0", "0.0", "-1", "1"]
    warehouse.deliver(
        "web_events/a.csv", csv_of([good("web_events", event_id=k, order_id=k) for k in keys])
    )
    warehouse.source("feedback")
    path = warehouse.deliver("feedback/a.parquet", b"")
    warehouse.query(
        f"""copy (select i::double as feedback_id, '2026-02-01' as occurred_at, 'nps' as kind,
        9 as score, 'c' as customer_id, i::double as order_id from range(2) as t(i))
        to '{path}' (format parquet)"""
    )
    warehouse.load("feedback")
    [result] = warehouse.load("web_events").results
    assert (result.loaded, result.duplicate) == (3, 1)
    assert warehouse.rows("web_events", "event_id, order_id") == [
        ("-1", None), ("0", None), ("1", "1"),
    ]  # fmt: skip
    assert warehouse.rows("feedback", "feedback_id, order_id") == [("0", None), ("1", "1")]


NUMBERS = {"7.0": "7", "-3.0": "-3", "7.10": "7.10", "007.0": "007.0", "1.2345678E7": "12345678",
           "7": "7", "1.5": "1.5", "1e5": "1e5", "v7.0": "v7.0"}  # fmt: skip


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_whole_numbers_written_as_floats_are_those_numbers(warehouse, container: str) -> None:
    rows = [good("orders", order_id=n, customer_id=n) for n in NUMBERS if n != "7"]
    warehouse.source("orders")
    warehouse.deliver(f"orders/a.{container}", csv_of(rows) if container == "csv" else rows)
    warehouse.load("orders")
    found = warehouse.rows("orders", "order_id, customer_id")
    assert found == sorted((n, n) for given, n in NUMBERS.items() if given != "7")


def test_a_number_that_a_spreadsheet_shortened_is_nobody_and_no_order(warehouse) -> None:
    shortened = ["1.23457E+11", "1,23457E+11", "1e+16", "1.2345678901234568e+17"]
    warehouse.source("orders")
    rows = [
        good("orders", order_id=f"o{n}", customer_id=i, email="ada@example.test")
        for n, i in enumerate(shortened)
    ]
    rows += [good("orders", order_id=given) for given in shortened]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    warehouse.load("orders")
    assert set(warehouse.rows("orders", "customer_id")) == {(None,)}
    assert warehouse.quarantine("orders", "reason, file_row") == [
        ("order_id_missing", row) for row in (6, 7, 8, 9)
    ]


def test_numbers_of_json_and_parquet_are_ids_in_one_way(warehouse) -> None:
    warehouse.source("orders")
    row = good("orders", total_amount=None) | {"order_id": 7.0, "customer_id": 12345678.0}
    warehouse.deliver("orders/a.jsonl", [row])
    path = warehouse.deliver("orders/b.parquet", b"")
    warehouse.query(
        f"""copy (select 8::double as order_id, timestamp '2026-02-01' as ordered_at,
        1::decimal(18, 2) as net_amount, 'GBP' as currency,
        12345678.00::decimal(18, 2) as customer_id, 'nan'::double as anonymous_id)
        to '{path}' (format parquet)"""
    )
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, customer_id, anonymous_id") == [
        ("7", "12345678", None),
        ("8", "12345678", None),
    ]


def test_an_address_is_one_key_however_it_is_written(warehouse) -> None:
    written = ["ada@example.test", " Ada@Example.TEST ", "mailto:ada@example.test",
               "MAILTO: ada@example.test", "\u200bada@example.test\ufeff", "ada@exam\u00adple.test",
               "\u00a0ada@example.test", "".join(chr(ord(sign) + 0xFEE0) for sign in "ada@example.test")]  # fmt: skip  # noqa: E501
    warehouse.source("orders")
    rows = [good("orders", order_id=f"o{n}", email=a) for n, a in enumerate(written)]
    warehouse.deliver("orders/a.jsonl", rows)
    warehouse.load("orders")
    assert warehouse.rows("orders", "count(*), count(distinct email_key)") == [(len(written), 1)]


INSTANTS = {
    "2026-02-01 10:00:00 +0200": "08:00:00",
    "2026-02-01T10:00:00 +0200": "08:00:00",
    "2026-02-01 10:00:00 +02:00": "08:00:00",
    "2026-02-01 10:00 +0200": "08:00:00",
    "2026-02-01 10:00:00 -05": "15:00:00",
    "2026-02-01 10:00:00+02": "08:00:00",
    "2026-02-01 10:00:00 UTC": "10:00:00",
    "2026-02-01T10:00:00z": "10:00:00",
    "2026-02-01t10:00:00Z": "10:00:00",
    "2026-02-01 10:00:00,25": "10:00:00.25",
    "2026-02-01T10:00:00,250+0200": "08:00:00.25",
    "2026-02-01T10:00:00.123456789Z": "10:00:00.123456",
    "2026-02-01 10:00:00.123456789 +0000": "10:00:00.123456",
    "20260201T100000Z": "10:00:00",
    "2026-02-01T10:00:00+02:00[Europe/Berlin]": "08:00:00",
    "2026-02-01 10:00:00 +0200 CEST": "08:00:00",
}


def test_instants_are_read_as_tools_write_them(warehouse) -> None:
    warehouse.source("orders")
    rows = [good("orders", order_id=f"o{n:02}", ordered_at=t) for n, t in enumerate(INSTANTS)]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    warehouse.load("orders")
    found = warehouse.rows("orders", "order_id, cast(ordered_at as time)::varchar")
    assert [time for _, time in found] == list(INSTANTS.values())
    assert warehouse.quarantine("orders") == []


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_instants_of_pandas_are_read_in_every_unit(warehouse, unit: str, zone: str | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    instants = pa.array([1769940000], pa.int64()).cast(pa.timestamp("s")).cast(pa.timestamp(unit))
    if zone:
        instants = instants.cast(pa.timestamp(unit, zone))
    table = pa.table({"order_id": ["1"], "ordered_at": instants, "customer_id": ["c"],
                      "net_amount": [1], "currency": ["GBP"]})  # fmt: skip
    pq.write_table(table, warehouse.deliver("orders/a.parquet", b""))
    bad = table.set_column(4, "currency", [["x"]])
    pq.write_table(bad, warehouse.deliver("orders/b.parquet", b""))
    warehouse.source("orders")
    warehouse.source(
        "orders", "mapped", name="mapped", path="landing/orders/a.parquet",
        columns={c: c for c in ("order_id", "ordered_at", "customer_id", "net_amount", "currency")},
    )  # fmt: skip
    warehouse.load("orders")
    found = warehouse.rows("orders", "source, ordered_at::varchar")
    assert found == [("mapped", "2026-02-01 10:00:00"), ("orders", "2026-02-01 10:00:00")]
    assert warehouse.quarantine("orders") == [("currency_not_iso_4217",)]


@pytest.mark.parametrize(
    ("zone", "instant"),
    [("UTC", "2026-02-01 23:59:59"), ("Asia/Tokyo", "2026-02-01 14:59:59"),
     ("America/Los_Angeles", "2026-02-02 07:59:59")],
)  # fmt: skip
def test_a_date_stays_the_date_in_the_reporting_time_zone(warehouse, zone, instant) -> None:
    warehouse.given["reporting_time_zone"] = zone
    warehouse.source("orders", date_only=True)
    warehouse.deliver("orders/a.csv", csv_of([good("orders", ordered_at="2026-02-01")]))
    warehouse.load("orders")
    assert warehouse.rows("orders", "ordered_at::varchar") == [(instant,)]


def test_files_of_an_older_contract_stay_readable(warehouse) -> None:
    """Rows kept before the contract had a column, restated and read beside newer ones."""
    warehouse.source("refunds")
    warehouse.deliver("refunds/a.csv", csv_of([good("refunds")]))
    warehouse.load("refunds")
    [path] = (warehouse.data_dir / "raw/refunds").glob("event_date=2026*/*.parquet")
    older = path.with_suffix(".tmp")
    warehouse.query(
        f"copy (select * exclude (net_amount, event_date) from '{path}') to '{older}'"
        " (format parquet)"
    )
    older.replace(path)
    warehouse.deliver(
        "refunds/b.csv",
        csv_of([good("refunds", net_amount="4"), good("refunds", refund_id="r2")]),
    )
    [result] = warehouse.load("refunds").results
    assert (result.restated, result.loaded) == (1, 1)
    assert warehouse.rows("refunds", "refund_id, net_amount::varchar") == [
        ("r1", "4.00"), ("r1", None), ("r2", None),
    ]  # fmt: skip


def test_the_paid_click_is_kept_where_an_address_has_two(warehouse) -> None:
    warehouse.source("web_events", "segment")
    url = "https://shop.example/?fbclid=f1&GCLID=g1"
    warehouse.deliver(
        "web_events/a.jsonl",
        [{"type": "page", "messageId": "1", "anonymousId": "d", "timestamp": "2026-02-01",
          "context": {"page": {"url": url}}}],
    )  # fmt: skip
    warehouse.load("web_events")
    assert warehouse.rows("web_events", "click_id") == [("gclid:g1",)]


def test_an_alias_ties_the_id_before_to_the_one_after(warehouse) -> None:
    warehouse.source("web_events", "segment")
    call = {"type": "alias", "timestamp": "2026-02-01T10:00:00Z", "previousId": "d1"}
    warehouse.deliver(
        "web_events/a.jsonl",
        [{**call, "messageId": "1", "userId": "c1"},
         {**call, "messageId": "2", "userId": "c1", "anonymousId": "d2"}],
    )  # fmt: skip
    warehouse.load("web_events")
    assert warehouse.rows("web_events", "event_id, anonymous_id, customer_id") == [
        ("1", "d1", "c1"), ("2", "d2", "c1"),
    ]  # fmt: skip


def refund(number: int, payments: list[tuple], lines: list[tuple]) -> dict:
    return {
        "id": number,
        "created_at": "2026-02-02T10:00:00Z",
        "transactions": [
            {"kind": "refund", "status": status, "amount": amount, "currency": currency}
            for status, amount, currency in payments
        ],
        "refund_line_items": [{"subtotal": net, "total_tax": tax} for net, tax in lines],
    }


def test_refunds_of_shopify_say_what_was_paid_and_the_goods_share(warehouse) -> None:
    refunds = [
        refund(1, [], [("100.00", "20.00")]),
        refund(2, [("success", "120.00", "GBP")], [("100.00", "20.00")]),
        refund(3, [("failure", "120.00", "GBP")], [("100.00", "20.00")]),
        refund(4, [("pending", "60.00", "GBP"), ("success", "6.00", "GBP")], []),
        refund(5, [("success", "2000", "JPY")], [("10.00", "2.00")]),
        refund(6, [("success", "50.00", "GBP")], [("100.00", "20.00")]),
        refund(7, [("success", "1", "GBP"), ("success", "2", "JPY")], []),
        refund(8, [("success", "17.00", "GBP")], [("x", "0.00")]),
    ]
    order = {"id": 9, "currency": "GBP", "taxes_included": False, "refunds": refunds}
    warehouse.source("refunds", "shopify")
    warehouse.deliver("refunds/a.json", [{**order}])
    warehouse.load("refunds")
    columns = "refund_id, amount::varchar, net_amount::varchar, currency"
    assert warehouse.rows("refunds", columns) == [
        ("1", "120.00", "100.00", "GBP"),
        ("2", "120.00", "100.00", "GBP"),
        ("3", "0.00", None, "GBP"),
        ("4", "6.00", None, "GBP"),
        ("5", "2000.00", None, "JPY"),
        ("6", "50.00", None, "GBP"),
        ("8", "17.00", None, "GBP"),
    ]
    assert warehouse.quarantine("refunds", "reason") == [("amount_not_a_number",)]


def test_lines_priced_with_taxes_are_taken_back_with_them(warehouse) -> None:
    lines = refund(1, [], [("120.00", "20.00")])
    order = {"id": 9, "currency": "GBP", "taxes_included": True, "refunds": [lines]}
    warehouse.source("refunds", "shopify")
    warehouse.deliver("refunds/a.json", [order])
    warehouse.load("refunds")
    assert warehouse.rows("refunds", "amount::varchar, net_amount::varchar") == [
        ("120.00", "100.00")
    ]
