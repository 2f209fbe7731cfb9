"""Files whose header is not the contract's, and files that are no table at all."""

import gzip

import pytest

from tests.ingest.canonical import loaded
from tests.ingest.rows import csv_of, good


def rejection(warehouse, content: str | bytes, name: str = "a.csv", kind: str = "orders") -> str:
    result = loaded(warehouse, kind, name, content)
    assert result.status == "rejected"
    assert warehouse.rows(kind) == []
    prefix = f"landing/{kind}/{name}: "
    assert result.reason.startswith(prefix)
    return result.reason.removeprefix(prefix)


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
