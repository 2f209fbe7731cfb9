"""A warehouse in which one person is known by a customer id, an address and a device of their own,
and shares another device; beside them others who must not change."""

import base64
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.core.settings import KINDS
from journey.ingest.session import Session
from tests.ingest.conftest import EMAIL_KEY, Warehouse
from tests.ingest.rows import csv_of, good

PERSON, ADDRESS, DEVICE = "cust-7000007", "ada@mail.test", "device-of-ada"
OTHER = "cust-70000070"  # whose id begins like the person's
KINDS_OF_FILES = ("orders", "refunds", "customers", "web_events", "email_events", "feedback")


def rows_of(kind: str, *, with_person: bool) -> list[dict[str, Any]]:
    """What is delivered of a kind: of others always, of the person where they are asked for."""
    others = {
        "orders": [
            good("orders", order_id="o8", customer_id=OTHER, email="eve@mail.test"),
            good("orders", order_id="o9", customer_id="cust-9", net_amount="9"),
        ],
        "refunds": [good("refunds", refund_id="r8", order_id="o8")],
        "customers": [
            good("customers", customer_id=OTHER, email="eve@mail.test", country='D\n"E"'),
            good("customers", customer_id="cust-9", email="bob@mail.test"),
        ],
        "web_events": [
            good("web_events", event_id="e8", anonymous_id="shared", customer_id=OTHER, email=None),
            good("web_events", event_id="e9", anonymous_id="device-9", customer_id=None),
        ],
        "email_events": [good("email_events", event_id="m8", email="eve@mail.test")],
        "feedback": [good("feedback", feedback_id="f8", customer_id=OTHER)],
    }
    own = {
        "orders": [
            good("orders", order_id="o7", customer_id=PERSON, email=ADDRESS),
            good("orders", order_id="o7", customer_id=PERSON, email=ADDRESS),
            good("orders", order_id="o6", customer_id=PERSON, currency="?", email=ADDRESS),
        ],
        "refunds": [good("refunds", refund_id="r7", order_id="o7")],
        "customers": [good("customers", customer_id=PERSON, email="ADA@mail.test", country='"\n"')],
        "web_events": [
            good("web_events", event_id="e1", anonymous_id=DEVICE, customer_id=PERSON, email=None),
            good("web_events", event_id="e2", anonymous_id=DEVICE, customer_id=None, email=None),
            good("web_events", event_id="e3", anonymous_id="shared", customer_id=None, email=None),
        ],
        "email_events": [good("email_events", event_id="m7", email=ADDRESS)],
        "feedback": [good("feedback", feedback_id="f7", customer_id=PERSON)],
    }
    mixed = others[kind][:1] + (own[kind] if with_person else []) + others[kind][1:]
    return [{c: v for c, v in row.items() if v is not None} for row in mixed]


def contents(*, with_person: bool) -> dict[str, bytes]:
    """Each kind in a container of its own, by its path in the landing folder."""
    rows = {kind: rows_of(kind, with_person=with_person) for kind in KINDS_OF_FILES}
    lines = "".join(json.dumps(row) + "\n" for row in rows["web_events"])
    if with_person:  # and a line that is none, which names them
        lines += json.dumps({"event_id": "e4", "customer_id": PERSON})[:-1] + "\n"
    columns = sorted({column for row in rows["feedback"] for column in row})
    table = pa.table({c: pa.array([r.get(c) for r in rows["feedback"]]) for c in columns})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return {
        "orders/a.csv": csv_of(rows["orders"]).encode(),
        "refunds/a.csv.gz": gzip.compress(csv_of(rows["refunds"]).encode(), mtime=0),
        "customers/a.csv": csv_of(rows["customers"]).replace("\n", "\r\n").encode(),
        "web_events/a.jsonl": lines.encode(),
        "email_events/a.json": json.dumps(rows["email_events"], indent=1).encode(),
        "feedback/a.parquet": sink.getvalue().to_pybytes(),
    }


def delivered(warehouse: Warehouse, *, with_person: bool) -> Warehouse:
    for kind in KINDS_OF_FILES:
        warehouse.source(kind)
    for place, content in contents(with_person=with_person).items():
        warehouse.deliver(place, content)
    for kind in KINDS_OF_FILES:
        warehouse.load(kind)
    return warehouse


def stitch(warehouse: Warehouse) -> None:
    """The private warehouse, as far as it is asked who is who."""
    key_of = Session(warehouse.settings)
    (key,) = key_of.execute("select key_of_address($1)", [ADDRESS]).fetchone()
    key_of.close()
    path = warehouse.settings.warehouse_path
    path.unlink(missing_ok=True)
    touchpoints = [
        *("orders:orders:o7", "web_events:web_events:e1", "web_events:web_events:e2"),
        *("web_events:web_events:e3", "email_events:email_events:m7", "feedback:feedback:f7"),
    ]
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "create schema marts",
            "create schema intermediate",
            "create table marts.touchpoints (touchpoint_id varchar, person_id varchar)",
            "create table marts.orders as select 'o7' as order_id, 'cust:' || 'cust-7000007'"
            " as person_id",
            "create table intermediate.int_emails_owned (email_key varchar, customer_id varchar)",
            "create table intermediate.int_devices_identified"
            " (anonymous_id varchar, person_id varchar)",
        ):
            connection.execute(statement)
        connection.executemany(
            "insert into marts.touchpoints values (?, 'cust:cust-7000007')",
            [[one] for one in touchpoints],
        )
        connection.execute("insert into intermediate.int_emails_owned values (?, ?)", [key, PERSON])
        connection.execute(
            "insert into intermediate.int_devices_identified values"
            " ('device-of-ada', 'cust:cust-7000007'), ('shared', 'cust:cust-7000007'),"
            " ('shared', 'cust:cust-70000070')"
        )


def encoded(word: str) -> Iterable[bytes]:
    """A word in the forms in which a byte may be of it."""
    yield from (word.encode(), word.encode("utf-16-le"), word.replace("@", "%40").encode())
    yield base64.b64encode(word.encode()).rstrip(b"=")


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """The warehouse that has the person."""
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    warehouse = delivered(Warehouse(tmp_path / "data"), with_person=True)
    stitch(warehouse)
    return warehouse


@pytest.fixture
def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """One that never had the person."""
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    return delivered(Warehouse(tmp_path / "without"), with_person=False)


def kept(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """The kept rows of all kinds, but for where they lie."""
    where = "exclude (file_row, load_id, file_name, is_restatement)"
    return {kind: warehouse.rows(kind, f"* {where}") for kind in KINDS}
