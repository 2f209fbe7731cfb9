"""The key for addresses: made once, by one, and never replaced without a word."""

import hmac
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from journey import ingest
from journey.core import secrets
from journey.core.errors import ConfigurationError
from journey.ingest import email_key
from journey.ingest.contracts import read_contract
from journey.ingest.ledger import Ledger
from tests.ingest.conftest import EMAIL_KEY, Warehouse
from tests.ingest.records_of_tools import key_of
from tests.ingest.rows import csv_of, good

ADDRESS = "ada@example.test"
OTHER = "another key that is long enough, too"


@pytest.fixture
def customers(tmp_path, monkeypatch) -> Warehouse:
    """A warehouse that makes its own key, with a customer known by address."""
    monkeypatch.delenv("JOURNEY_EMAIL_KEY", raising=False)
    warehouse = Warehouse(tmp_path / "data")
    warehouse.source("customers", path="landing/*.csv")
    warehouse.deliver("a.csv", csv_of([good("customers", email=ADDRESS)]))
    return warehouse


def keys(warehouse) -> list[str]:
    return [key for (key,) in warehouse.rows("customers", "distinct email_key")]


def another(warehouse) -> None:
    warehouse.deliver("b.csv", csv_of([good("customers", customer_id="c2", email=ADDRESS)]))


def test_a_fresh_warehouse_makes_a_key_for_its_owner_alone(customers) -> None:
    assert not customers.settings.email_key_path.exists()
    customers.load("customers")
    path = customers.settings.email_key_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text()) == 64
    made = path.read_bytes()
    assert keys(customers) == [hmac.new(made, ADDRESS.encode(), sha256).hexdigest()]
    another(customers)
    customers.load("customers")
    assert path.read_bytes() == made
    assert len(keys(customers)) == 1
    assert [p.name for p in customers.data_dir.glob(".*.new")] == []


def test_the_ledger_has_a_check_value_and_not_the_key(customers) -> None:
    customers.load("customers")
    key = secrets.email_key(customers.settings)
    assert Ledger(customers.settings).fact(email_key.FACT) == email_key.check_value(key)
    assert key not in customers.settings.ledger_path.read_bytes()
    for record in (customers.data_dir / "raw" / ".loads").rglob("*.json"):
        assert key not in record.read_bytes()


def test_a_key_that_is_gone_is_not_replaced(customers) -> None:
    customers.load("customers")
    kept = customers.settings.email_key_path.read_text()
    customers.settings.email_key_path.unlink()
    another(customers)
    for step in (ingest.require_email_key, lambda _: customers.load("customers")):
        with pytest.raises(ConfigurationError, match=r"email\.key: the key .* is gone; restore"):
            step(customers.settings)
        assert not customers.settings.email_key_path.exists()
    customers.settings.email_key_path.write_text(kept)
    customers.load("customers")
    assert len(keys(customers)) == 1


def test_another_key_in_the_file_is_rejected(customers) -> None:
    customers.load("customers")
    customers.settings.email_key_path.write_text(OTHER)
    another(customers)
    with pytest.raises(ConfigurationError, match=r"email\.key: this is not the key") as raised:
        customers.load("customers")
    assert OTHER not in str(raised.value)
    assert len(keys(customers)) == 1


def test_another_key_in_the_environment_is_rejected(customers, monkeypatch) -> None:
    customers.load("customers")
    another(customers)
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", OTHER)
    with pytest.raises(
        ConfigurationError, match="JOURNEY_EMAIL_KEY: this is not the key"
    ) as raised:
        customers.load("customers")
    assert OTHER not in str(raised.value)
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", customers.settings.email_key_path.read_text())
    customers.load("customers")
    assert len(keys(customers)) == 1


def test_a_key_of_the_environment_that_is_no_longer_set_is_missed(customers, monkeypatch) -> None:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    customers.load("customers")
    monkeypatch.delenv("JOURNEY_EMAIL_KEY")
    another(customers)
    with pytest.raises(ConfigurationError, match="or set JOURNEY_EMAIL_KEY to it"):
        customers.load("customers")
    assert not customers.settings.email_key_path.exists()


def test_loads_by_a_version_that_kept_no_check_value_need_a_key_all_the_same(customers) -> None:
    customers.load("customers")
    ledger = Ledger(customers.settings)
    with ledger._open() as connection:
        connection.execute("delete from facts where name = ?", (email_key.FACT,))
    kept = customers.settings.email_key_path.read_text()
    customers.settings.email_key_path.unlink()
    with pytest.raises(ConfigurationError, match="is gone"):
        ingest.require_email_key(customers.settings)
    customers.settings.email_key_path.write_text(kept)
    ingest.require_email_key(customers.settings)
    customers.settings.email_key_path.write_text(OTHER)
    with pytest.raises(ConfigurationError, match="is not the key"):
        ingest.require_email_key(customers.settings)


def test_a_full_refresh_may_begin_with_a_new_key_and_says_so(customers, caplog) -> None:
    customers.load("customers")
    [before] = keys(customers)
    customers.settings.email_key_path.unlink()
    ingest.reset(customers.settings)
    customers.load("customers")
    [after] = keys(customers)
    assert after != before
    assert "every address is keyed again" in caplog.text
    caplog.clear()
    ingest.reset(customers.settings)
    customers.load("customers")
    assert keys(customers) == [after]
    assert "keyed again" not in caplog.text


def test_of_many_that_make_a_key_at_once_one_wins_and_all_have_it(customers) -> None:
    def made(_: int) -> bytes:
        settings = customers.settings
        email_key.ensure(settings, Ledger(settings))
        return secrets.email_key(settings)

    Ledger(customers.settings)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(made, range(32)))) == 1
    assert [p.name for p in customers.data_dir.iterdir() if "email.key" in p.name] == ["email.key"]


def test_a_key_that_is_cut_off_is_reported(customers) -> None:
    customers.load("customers")
    os.truncate(customers.settings.email_key_path, 10)
    with pytest.raises(ConfigurationError, match="empty or short; restore it from a backup"):
        ingest.require_email_key(customers.settings)


def test_the_key_of_an_address_is_python_s_hmac(warehouse) -> None:
    assert read_contract("orders").column("email_key").address_name == "email"
    warehouse.source("orders")
    addresses = ["ada@example.test", " ADA@Example.test", "ö.ä@exämple.test", "x" * 300 + "@y.test"]
    warehouse.deliver(
        "orders/a.jsonl",
        [
            {
                "order_id": str(number),
                "ordered_at": "2026-02-01",
                "net_amount": 1,
                "currency": "GBP",
                "email": address,
            }
            for number, address in enumerate(addresses, 1)
        ],
    )
    warehouse.load("orders")
    found = dict(warehouse.rows("orders", "order_id, email_key"))
    assert found == {str(number): key_of(given) for number, given in enumerate(addresses, 1)}
