"""What is too much to be read at once is read by parts: memory that is small costs no file."""

import json
from pathlib import Path

import pytest

from journey.core.errors import EngineError
from journey.ingest.conform import batch

RECORD = json.loads((Path(__file__).parent / "tools" / "orders" / "shopify.json").read_text())
FILES, ORDERS = 30, 90


def shopify(file: int) -> str:
    """A document of less than a thousandth of the memory, as Shopify's API gives it."""
    orders = [RECORD["record"] | {"id": file * 1000 + number + 1} for number in range(ORDERS)]
    return json.dumps({"orders": orders})


def test_documents_that_memory_cannot_hold_together_are_loaded_by_parts(warehouse) -> None:
    warehouse.source("orders", "shopify")
    warehouse.given = {"memory_limit": "100MB", "threads": 1}
    for file in range(FILES):
        warehouse.deliver(f"orders/{file:02}.json", shopify(file))
    pending = warehouse.load("orders")
    assert {(result.loaded, result.reason) for result in pending.results} == {(ORDERS, None)}
    assert len(pending.results) == FILES
    assert len(warehouse.rows("orders", "order_id")) == FILES * ORDERS


def test_memory_that_runs_out_over_each_small_file_stops_the_run(warehouse, monkeypatch) -> None:
    """It says nothing of any file, however few are read at once."""
    tried = []

    def no_memory(_: batch.Conformer, files: list, **__: object) -> None:
        tried.append(len(files))
        raise batch.duckdb.OutOfMemoryException("Out of Memory Error: failed to pin block")

    monkeypatch.setattr(batch.Conformer, "read", no_memory)
    warehouse.source("orders", "shopify")
    for file in range(4):
        warehouse.deliver(f"orders/{file:02}.json", shopify(file))
    with pytest.raises(EngineError, match="raise memory_limit in the settings"):
        warehouse.prepare("orders")
    assert tried == [4, 2, 1]
