"""Parquet text that its writer did not mark as text (BINARY) is read as text."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.hostile import RECORDS
from tests.ingest.rows import good


def as_binary(value):
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list):
        return [as_binary(inner) for inner in value]
    if isinstance(value, dict):
        return {key: as_binary(inner) for key, inner in value.items()}
    return value


def parquet(warehouse, rows: list[dict]) -> bytes:
    path = warehouse.deliver("plain.parquet", b"")
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path.read_bytes()


@pytest.mark.parametrize("format", ["canonical", "mapped"])
def test_binary_columns_are_text(warehouse, format: str) -> None:
    given = {"columns": {c: c for c in good("orders", coupon="")}} if format == "mapped" else {}
    warehouse.source("orders", format, **given)
    rows = [as_binary(good("orders", coupon="café"))]
    rows += [rows[0] | {"order_id": b"o2", "coupon": b"caf\xe9"}]
    warehouse.deliver("orders/a.parquet", parquet(warehouse, rows))
    [result] = warehouse.load("orders").results
    assert (result.reason, result.loaded) == (None, 2)
    kept = warehouse.rows("orders", "order_id, status, coupon")
    assert kept == [("o1", "paid", "café"), ("o2", "paid", r"caf\xE9")]


def test_binary_texts_deep_down_are_text(warehouse) -> None:
    warehouse.source("web_events", "ga4")
    record = as_binary(RECORDS["web_events", "ga4"])
    warehouse.deliver("web_events/a.parquet", parquet(warehouse, [record]))
    assert warehouse.load("web_events").results[0].loaded == 1
    kept = warehouse.rows("web_events", "event_name, utm_source, country, page_path")
    assert kept == [("page_view", "news", "France", "/")]
