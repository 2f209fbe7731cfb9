"""A full refresh forgets and loads again what is there, and loses nothing that is not."""

import errno

import pytest

from journey import ingest
from journey.core.errors import DataError
from journey.ingest import ledger_contents
from tests.ingest.rows import csv_of, good


def test_a_full_refresh_forgets_and_loads_again(orders) -> None:
    orders.load("orders")
    before = orders.rows("orders")
    state = ingest.loaded_state(orders.settings)
    ingest.reset(orders.settings)
    assert orders.rows("orders") == []
    assert orders.quarantine("orders") == []
    assert ingest.latest_event_date(orders.settings) is None
    orders.load("orders")
    assert orders.rows("orders") == before
    assert ingest.loaded_state(orders.settings) == state


def test_a_full_refresh_does_not_lose_what_is_no_longer_delivered(orders) -> None:
    orders.load("orders")
    before = orders.rows("orders")
    gone = next((orders.data_dir / "landing").glob("*.csv"))
    gone.unlink()
    with pytest.raises(DataError, match=f"would lose the rows of 1 loaded files .*{gone.name}"):
        ingest.reset(orders.settings)
    assert orders.rows("orders") == before
    orders.sources.clear()
    ingest.reset(orders.settings)
    assert orders.rows("orders") == []


def test_a_full_refresh_takes_the_later_content_of_a_file_corrected_in_place(orders) -> None:
    orders.load("orders")
    orders.deliver("orders_2026-02-01.csv", csv_of([good("orders", net_amount="7")]))
    orders.load("orders")
    # Equal to another file, so that it is not even planned.
    orders.deliver("orders_2026-02-02.csv", csv_of([good("orders", net_amount="7")]))
    ingest.reset(orders.settings)
    orders.load("orders")
    assert orders.rows("orders", "order_id, net_amount::int") == [("o1", 7)]


def test_a_full_refresh_does_not_lose_a_file_whose_later_content_was_rejected(orders) -> None:
    orders.load("orders")
    orders.deliver("orders_2026-02-01.csv", "")
    orders.load("orders")
    with pytest.raises(DataError, match="would lose the rows of 1 loaded files"):
        ingest.reset(orders.settings)


def test_a_full_refresh_does_not_lose_a_file_that_may_no_longer_be_read(
    orders, monkeypatch
) -> None:
    orders.load("orders")

    def deny(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(ledger_contents, "digest", deny)
    with pytest.raises(DataError, match="would lose the rows of 2 loaded files"):
        ingest.reset(orders.settings)


def test_a_full_refresh_plans_all_that_is_there(orders) -> None:
    orders.load("orders")
    assert ingest.plan(orders.settings) == []
    planned_again = ingest.plan(orders.settings, everything=True)
    assert {d.file_name for d in planned_again} == {
        file["file_name"] for file in ingest.Ledger(orders.settings).file_results()
    }
