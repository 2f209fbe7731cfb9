"""What is too large costs its file, not the run, and is taken when the settings allow it."""

import gzip
import json

import pytest

from journey.core.errors import EngineError
from journey.core.sizes import bytes_of, in_words
from journey.ingest import limits
from tests.ingest.rows import csv_of, good

LARGE = "x" * (5 << 20)


@pytest.mark.parametrize(
    ("size", "bytes"), [("6GB", 6 * 10**9), ("1.5 GiB", 3 << 29), ("32MB", 32 * 10**6)]
)
def test_sizes(size: str, bytes: int) -> None:
    assert bytes_of(size) == bytes


def test_sizes_in_words() -> None:
    assert (in_words(50 * 10**9), in_words(1_500_000)) == ("50.0 GB", "1.5 MB")


def results(pending) -> dict[str, tuple[int, str | None]]:
    return {r.file_name.rpartition("/")[2]: (r.loaded, r.reason) for r in pending.results}


def test_a_bomb_costs_its_file_until_it_is_allowed(warehouse) -> None:
    warehouse.source("orders")
    warehouse.given = {"max_unpacked_size": "9MB"}
    warehouse.deliver("orders/a.csv", csv_of([good("orders", order_id="1")]))
    row = csv_of([good("orders", order_id="2", coupon=LARGE + LARGE)])
    warehouse.deliver("orders/b.csv.gz", gzip.compress(row.encode(), 1))
    found = results(warehouse.load("orders"))
    assert found["a.csv"] == (1, None)
    assert found["b.csv.gz"][1].endswith(
        "the gzip unpacks to more than 9.0 MB; deliver it in parts, or raise max_unpacked_size in "
        "the settings"
    )
    assert not warehouse.load("orders").results
    warehouse.given = {"max_unpacked_size": "90MB"}
    assert results(warehouse.load("orders")) == {"b.csv.gz": (1, None)}
    assert not [name for name in warehouse.files() if "unpacked" in name]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b.json", json.dumps([good("orders", order_id="2", coupon=LARGE * 8)])),
        ("b.jsonl", json.dumps(good("orders", order_id="2", coupon=LARGE * 8)) + "\n{}\n"),
        ("b.csv", csv_of([good("orders", order_id="2", coupon=LARGE * 8)])),
        ("many.json", json.dumps([good("orders", order_id=str(n)) for n in range(130_000)])),
    ],
)
def test_a_value_that_memory_cannot_hold_costs_its_file(warehouse, name, content) -> None:
    warehouse.source("orders")
    warehouse.given = {"memory_limit": "100MB", "threads": 1}
    warehouse.deliver("orders/a.json", json.dumps([good("orders", order_id="1")]))
    warehouse.deliver("orders/a.jsonl", [good("orders", order_id="3"), {}])
    warehouse.deliver("orders/a.csv", csv_of([good("orders", order_id="4")]))
    warehouse.deliver(f"orders/{name}", content)
    found = results(warehouse.load("orders"))
    assert [found[other] for other in ("a.json", "a.jsonl", "a.csv")] == [(1, None)] * 3
    assert "which does not fit into memory_limit (100MB); deliver it in parts" in found[name][1]


def test_a_value_of_many_small_parts_costs_its_file(warehouse) -> None:
    warehouse.source("email_events", "sendgrid")
    warehouse.given = {"memory_limit": "100MB", "threads": 1}
    event = {"sg_event_id": "1", "event": "open", "email": "ada@example.test", "timestamp": 1}
    warehouse.deliver("email_events/a.json", json.dumps([event]))
    many = event | {"sg_event_id": "2", "other": [{}] * 600_000}
    warehouse.deliver("email_events/b.json", json.dumps([many]))
    found = results(warehouse.load("email_events"))
    assert found["a.json"] == (1, None)
    assert "which does not fit into memory_limit (100MB); deliver it in parts" in found["b.json"][1]


def test_memory_that_runs_out_for_small_records_is_the_machines_fault(warehouse) -> None:
    warehouse.source("orders")
    warehouse.given = {"memory_limit": "10MB", "threads": 1}
    rows = [good("orders", order_id=str(number)) for number in range(60_000)]
    warehouse.deliver("orders/a.jsonl", rows)
    with pytest.raises(EngineError, match="that is the machine's fault"):
        warehouse.load("orders")


def test_documents_that_are_read_together_follow_the_memory_that_is_given() -> None:
    little, much = limits.Limits(0, 1 << 30), limits.Limits(0, 1 << 40)
    assert little.documents == 32 << 20
    assert much.documents == limits.DOCUMENTS


def test_documents_are_read_in_small_batches(warehouse, monkeypatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENTS", 400)
    warehouse.source("orders")
    for number in range(1, 6):
        document = json.dumps([good("orders", order_id=str(number))])
        warehouse.deliver(f"orders/{number}.json", document)
    assert [r.loaded for r in warehouse.load("orders").results] == [1] * 5
    (files,) = warehouse.query(
        f"select count(distinct filename) from read_parquet('{warehouse.data_dir}/raw/orders/*/*',"
        " filename = true)"
    )
    assert files == (5,)
