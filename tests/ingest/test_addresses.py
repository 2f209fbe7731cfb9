"""No address enters the raw layer, however it is written; clean text is left as it is."""

import hmac
import json
import re
from hashlib import sha256

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from journey.ingest import addresses
from journey.ingest.contracts import read_contract
from tests.ingest.conftest import EMAIL_KEY
from tests.ingest.rows import good

KEY = EMAIL_KEY.encode()


@pytest.fixture(scope="module")
def edge():
    connection = duckdb.connect()
    addresses.equip(connection, KEY, None)
    return connection


def value(edge, function: str, given_text: str) -> str:
    return edge.execute(f"select {function}($given)", {"given": given_text}).fetchone()[0]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ada@example.test", "[address]"),
        ("write to ada.l+x@mail.example.co.uk, please", "write to [address], please"),
        ("https://x.test/?email=ada%40example.test&a=1", "https://x.test/?email=[address]&a=1"),
        ("https://x.test/?u=https%253A%2F%2Fy%2F%3Fe%3Dada%2540example.test", None),
        ("mailto:ada@example.test?subject=hi", "mailto:[address]?subject=hi"),
        ("<ada@example.test>;bob@example.test", "<[address]>;[address]"),
        ("ö@exämple.test", "[address]"),
        ("x@1.example.museum", "[address]"),
        ("no address", "no address"),
        ("@handle and 50% off @ 3 p.m.", "@handle and 50% off @ 3 p.m."),
        ("https://social.test/@ada/1", "https://social.test/@ada/1"),
        ("pkg@1.2.3", "pkg@1.2.3"),
        ("", ""),
    ],
)
def test_addresses_in_text_are_blotted_out(edge, text: str, kept: str | None) -> None:
    found = value(edge, "without_addresses", text)
    assert found == kept if kept is not None else "example.test" not in found


def test_json_may_write_the_sign_by_its_number(edge) -> None:
    text = '{"a":"ada\\u0040example.test","b":"ok"}'
    assert value(edge, "json_without_addresses", text) == '{"a":"[address]","b":"ok"}'


LOCAL = some.text("abcxyzéß0189._+-", min_size=1, max_size=12)
LABEL = some.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z]", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(
    LOCAL,
    some.lists(LABEL, min_size=2, max_size=4),
    some.sampled_from(["@", "%40", "%2540"]),
    some.sampled_from([("", ""), ('{"a":"', '"}'), ("?e=", "&x"), ("to ", " now"), ("(", ")")]),
)
def test_no_written_address_survives(edge, local, labels, sign, around) -> None:
    address = local + sign + ".".join(labels)
    found = value(edge, "without_addresses", around[0] + address + around[1])
    assert address not in found
    assert found == around[0] + "[address]" + around[1]


@settings(max_examples=100, deadline=None)
@given(some.text(max_size=60).filter(lambda text: not re.search("@|%40|%2540|u0040|\0", text)))
def test_text_without_the_sign_is_left_alone(edge, text: str) -> None:
    for function in ("without_addresses", "json_without_addresses", "identifier_without_address"):
        assert value(edge, function, text) == text


@settings(max_examples=100, deadline=None)
@given(LOCAL, some.lists(LABEL, min_size=2, max_size=3), some.sampled_from(["", " ", "\t", "\n"]))
def test_the_key_of_an_address_is_pythons(edge, local, labels, blank) -> None:
    address = f"{blank}{local.upper()}@{'.'.join(labels)}{blank}"
    plain = address.strip().lower().encode()
    assert (
        value(edge, "key_of_address", address)
        == hmac.new(EMAIL_KEY.encode(), plain, sha256).hexdigest()
    )


@pytest.mark.parametrize("length", [1, 63, 64, 65, 200])
def test_keys_of_any_length_are_used_as_the_rfc_says(length: int) -> None:
    key = bytes(range(1, length + 1))
    with duckdb.connect() as connection:
        addresses.equip(connection, key, None)
        found = value(connection, "key_of_address", "a@b.test")
    assert found == hmac.new(key, b"a@b.test", sha256).hexdigest()


def test_the_key_is_in_no_statement() -> None:
    with duckdb.connect() as connection:
        addresses.equip(connection, KEY, None)
        macros = connection.execute("select macro_definition from duckdb_functions()").fetchall()
    assert EMAIL_KEY not in str(macros)


def test_no_address_is_anywhere_in_raw(warehouse) -> None:
    """Every text column delivered with an address in it; identifiers still distinguish people."""
    address = "Ada.Lovelace@Example.test"
    texts = [
        column.name
        for column in read_contract("web_events").columns
        if column.type == "text" and column.name != "event_name"
    ]
    rows = [
        {
            "event_id": f"{number}",
            "occurred_at": "2026-02-01",
            "event_name": "x",
            "anonymous_id": "d",
            "email": address,
            "properties": {"a": [address, {address: 1}]},
            column: template.format(address),
        }
        for number, (column, template) in enumerate(
            (column, template)
            for column in texts
            for template in ("{}", "https://x.test/?q={}&x=1", "id:{}")
        )
    ]
    warehouse.source("web_events")
    warehouse.deliver("web_events/a.jsonl", rows)
    [result] = warehouse.load("web_events").results
    assert result.loaded == len(rows)
    kept = json.dumps(warehouse.rows("web_events"), default=str).lower()
    assert "lovelace" not in kept
    assert "example.test" not in kept
    key = hmac.new(EMAIL_KEY.encode(), address.lower().encode(), sha256).hexdigest()
    keys = dict(warehouse.rows("web_events", "customer_id, count(*)", "customer_id is not null"
                               " group by all"))  # fmt: skip
    assert keys[key] == 1
    assert len(keys) == 3


def test_no_address_is_in_messages_or_the_ledger(warehouse) -> None:
    warehouse.source("orders")
    address = "ada.lovelace@example.test"
    rows = [good("orders", ordered_at=address), good("orders", **{"ada@example.test": "1"})]
    warehouse.deliver("orders/a.jsonl", rows)
    pending = warehouse.load("orders")
    assert "lovelace" not in str(pending.results)
    assert b"lovelace" not in warehouse.settings.ledger_path.read_bytes()
    assert b"ada@" not in warehouse.settings.ledger_path.read_bytes()


def test_no_address_is_in_the_sentence_of_a_rejected_file(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", "ada@example.test,2026-02-01\n")
    [failed] = warehouse.load("orders").rejected
    assert "its header has column 1, column 2, which" in failed.reason
