"""Avro files, read record by record: what JSON has no type for, folders that say more, damage."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from journey.ingest import trial
from journey.ingest.read import avro_files
from tests.ingest.hostile import check_sentences
from tests.ingest.records_of_tools import ADA

fastavro = pytest.importorskip("fastavro")

PATH = "email_events/event_type=users.messages.email.Open/date=2026-02-01/a.avro"
BRAZE = {
    "type": "record",
    "name": "event",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "time", "type": "long"},
        {"name": "user_id", "type": ["null", "string"]},
        {"name": "external_user_id", "type": ["null", "string"]},
        {"name": "email_address", "type": ["null", "string"]},
        {"name": "machine_open", "type": ["null", "string"]},
    ],
}


def avro(schema: dict, records: list) -> bytes:
    file = io.BytesIO()
    fastavro.writer(file, schema, records)
    return file.getvalue()


def opened(number: int) -> dict:
    return {"id": f"b{number}", "time": 1769940000, "user_id": "u1", "external_user_id": "c1",
            "email_address": "ada@example.test", "machine_open": None}  # fmt: skip


@pytest.fixture
def braze(warehouse):
    warehouse.source("email_events", "braze", path="landing/email_events/**/*.avro")
    return warehouse


def test_a_folder_says_of_which_type_the_events_in_it_are(braze) -> None:
    braze.deliver(PATH, avro(BRAZE, [opened(1), opened(2)]))
    [result] = braze.load("email_events").results
    assert (result.records, result.delivered, result.loaded) == (2, 2, 2)
    columns = "event_id, event_name, occurred_at::varchar, email_key, customer_id"
    assert braze.rows("email_events", columns) == [
        (f"b{n}", "opened", "2026-02-01 10:00:00", ADA, "c1") for n in (1, 2)
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (avro(BRAZE, [opened(n) for n in range(100)])[:-40], "damaged, or cut off"),
        (b"Obj\x01 and no Avro", "damaged, or cut off"),
        (avro(BRAZE, []), "has no record"),
        (avro({"type": "string"}, ["a"]), "are no records"),
    ],
    ids=["cut off", "no Avro", "no record", "text"],  # Avro has a marker that is drawn
)
def test_a_file_that_is_no_use_is_rejected_in_a_sentence(braze, content, words: str) -> None:
    braze.deliver(PATH, content)
    [result] = braze.load("email_events").results
    assert result.status == "rejected"
    assert words in (result.reason or "")
    check_sentences(result)


def test_a_file_that_holds_more_than_may_be_unpacked_is_rejected(braze) -> None:
    braze.given["max_unpacked_size"] = "1KB"
    braze.deliver(PATH, avro(BRAZE, [opened(n) for n in range(100)]))
    [result] = braze.load("email_events").results
    assert "raise max_unpacked_size" in (result.reason or "")


def test_without_the_extra_it_is_said_what_to_install(braze, monkeypatch) -> None:
    monkeypatch.setattr(avro_files, "find_spec", lambda _: None)
    braze.deliver(PATH, avro(BRAZE, [opened(1)]))
    [result] = braze.load("email_events").results
    assert "the extra 'avro' reads" in (result.reason or "")


def test_types_that_json_has_not_are_read_by_a_mapping(warehouse) -> None:
    logical = {
        "order_id": {"type": "bytes"},
        "ordered_at": {"type": "long", "logicalType": "timestamp-micros"},
        "day": {"type": "int", "logicalType": "date"},
        "total": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
    }
    fields = [{"name": name, "type": type} for name, type in logical.items()]
    schema = {"type": "record", "name": "sale", "fields": fields}
    row = {"order_id": b"o1", "ordered_at": datetime(2026, 2, 1, 10, tzinfo=UTC),
           "day": date(2026, 2, 1), "total": Decimal("12.50")}  # fmt: skip
    columns = {"order_id": "order_id", "ordered_at": "ordered_at", "customer_id": "'c1'",
               "net_amount": "total", "currency": "'GBP'"}  # fmt: skip
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver("orders/a.avro", avro(schema, [row]))
    [found] = trial.check(warehouse.settings, warehouse.settings.sources, rows=1)
    assert (found.kept, found.rejected) == (1, None)
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, ordered_at::varchar, net_amount::varchar") == [
        ("o1", "2026-02-01 10:00:00", "12.50")
    ]
