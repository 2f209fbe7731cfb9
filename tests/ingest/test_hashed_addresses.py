"""Addresses that a tool has hashed already: identifiers of their own kind."""

from hashlib import sha256

import pytest

from journey.core.settings import KINDS
from journey.ingest.contracts import read_contract
from tests.ingest.rows import csv_of, good

HASH = sha256(b"ada@example.test").hexdigest()
WITH_DEVICES = [kind for kind in KINDS if "anonymous_id" in read_contract(kind).names]
ALONE = {"customer_id": None, "email": None, "email_key": None, "anonymous_id": None}


@pytest.mark.parametrize("kind", WITH_DEVICES)
@pytest.mark.parametrize("given", [HASH, HASH.upper(), f" {HASH} "])
def test_a_hash_identifies_a_person(warehouse, kind: str, given: str) -> None:
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.csv", csv_of([good(kind, **ALONE, email_sha256=given)]))
    [result] = warehouse.load(kind).results
    assert (result.loaded, result.quarantined) == (1, 0), result
    assert warehouse.rows(kind, "anonymous_id") == [(f"email_sha256:{HASH}",)]


def test_a_device_beside_it_stays_the_device(warehouse) -> None:
    warehouse.source("orders")
    rows = [
        good("orders", order_id="o1", anonymous_id="d1", email_sha256=HASH),
        good("orders", order_id="o2", anonymous_id="", email_sha256=HASH),
        good("orders", order_id="o3", anonymous_id="", email_sha256=""),
    ]
    warehouse.deliver("orders/a.csv", csv_of(rows))
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, anonymous_id") == [
        ("o1", "d1"),
        ("o2", f"email_sha256:{HASH}"),
        ("o3", None),
    ]


@pytest.mark.parametrize("given", ["Ada Lovelace", HASH[:40], "ada@example.test"])
def test_what_is_no_hash_costs_its_row(warehouse, given: str) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of([good("orders", email_sha256=given)]))
    [result] = warehouse.load("orders").results
    assert result.quarantine_reasons == {"email_sha256_not_a_hash": 1}
    [said] = result.examples.values()
    assert "is no SHA-256 hash" in said
    assert "Ada" not in said
    assert "example" not in said


def test_a_mapping_may_give_hashes_alone(warehouse) -> None:
    columns = {
        "order_id": "id",
        "ordered_at": "day",
        "email_sha256": "sha256(lower(mail))",
        "net_amount": "worth",
        "currency": "'GBP'",
    }
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver("orders/a.csv", "id,day,mail,worth\n1,2026-02-01,Ada@example.test,2\n")
    warehouse.load("orders")
    assert warehouse.rows("orders", "anonymous_id") == [(f"email_sha256:{HASH}",)]


def test_a_number_is_no_hash(warehouse) -> None:
    warehouse.source("orders")
    row = {**good("orders"), "email_sha256": 7}
    warehouse.deliver("orders/a.jsonl", [row])
    [result] = warehouse.load("orders").results
    assert result.quarantine_reasons == {"email_sha256_not_a_hash": 1}
