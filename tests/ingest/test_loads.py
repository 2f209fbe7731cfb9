"""The life of a load: what it counts and writes, and that it changes nothing until it is kept."""

import stat
import time
from datetime import date

import pytest

from journey import ingest
from journey.core.errors import ConfigurationError, EngineError
from journey.ingest import source_load
from journey.ingest.formats import read_format
from journey.ingest.ledger import Ledger
from tests.ingest.conftest import planned
from tests.ingest.rows import csv_of, good


def test_counts_and_results_account_for_every_row(orders) -> None:
    pending = orders.load("orders")
    assert pending.counts() == {
        "files": 2,
        "rejected_files": 0,
        "delivered": 6,
        "loaded": 2,
        "duplicate": 2,
        "restated": 0,
        "quarantined": 2,
        "quarantined_currency_not_iso_4217": 2,
    }
    assert pending.latest_event_date == date(2026, 2, 2)
    assert ingest.latest_event_date(orders.settings) == date(2026, 2, 2)
    first = Ledger(orders.settings).file_results("run 1")[0]
    columns = ("file_name", "status", "records", "delivered", "loaded", "duplicate", "quarantined")
    assert [first[column] for column in columns] == [
        "landing/orders_2026-02-01.csv", "loaded", 3, 3, 1, 1, 1,
    ]  # fmt: skip
    assert first["first_event_date"] == first["last_event_date"] == "2026-02-01"


def test_a_sum_that_does_not_add_up_is_an_error_of_ours(orders, monkeypatch) -> None:
    """As if the duplicate had been lost on the way."""
    monkeypatch.setattr(source_load.versions, "decide", lambda *given: None)
    monkeypatch.setattr(
        source_load.accounts,
        "_written",
        lambda output: {"landing/orders_2026-02-01.csv": 1},
    )
    with pytest.raises(EngineError, match=r"3 rows were delivered and 2 accounted for"):
        orders.prepare("orders")
    assert planned(orders)


def test_a_format_that_loses_a_row_is_an_error_of_ours(warehouse, monkeypatch) -> None:
    format = read_format("email_events", "sendgrid")
    lossy = type(format)(**{**vars(format), "body": f"{format.body} where event <> 'open'"})
    monkeypatch.setattr(source_load, "format_of", lambda source: lossy)
    warehouse.source("email_events", "sendgrid")
    warehouse.deliver("email_events/a.jsonl", [{"event": "open"}, {"event": "click"}])
    with pytest.raises(EngineError, match="another number of rows than the file has"):
        warehouse.prepare("email_events")


def test_a_where_that_depends_on_the_time_is_reported_as_the_definition_s(warehouse) -> None:
    """Each row leaves a millisecond after the one before it: fewer are counted than were made."""
    begun = time.time_ns() // 1_000_000
    columns = {column: column for column in good("orders")}
    rows = [good("orders", order_id=str(number)) for number in range(30_000)]
    warehouse.source("orders", "mapped", columns=columns, where=f"_row > epoch_ms(now()) - {begun}")
    warehouse.deliver("orders/a.csv", csv_of(rows))
    with pytest.raises(EngineError) as error:
        warehouse.prepare("orders")
    sentence = str(error.value)
    assert sentence.startswith("the definition of source 'orders' gave one number of rows")
    assert "fix its where or group_by in the settings file" in sentence
    assert "its SQL" not in sentence


def test_a_pending_load_has_changed_nothing_yet(orders) -> None:
    before = orders.files()
    with orders.prepare("orders") as pending:
        assert pending.row_count == 2
        names = [f"{path.parent.name}/{path.name}" for path in pending.files]
        assert names == [
            "event_date=2026-02-01/orders-1-1_0.parquet",
            "event_date=2026-02-02/orders-1-1_0.parquet",
        ]
        assert stat.S_IMODE(pending.folder.stat().st_mode) == 0o700
        assert all("/.pending/" in f"/{name}" for name in orders.files() - before)
        assert len(planned(orders)) == 2
        pending.discard()
    assert orders.files() == before
    assert len(planned(orders)) == 2
    assert ingest.latest_event_date(orders.settings) is None


def test_a_pending_load_left_undecided_is_discarded(orders) -> None:
    before = orders.files()
    with pytest.raises(ZeroDivisionError), orders.prepare("orders"):
        raise ZeroDivisionError
    assert orders.files() == before


def test_a_failure_while_preparing_leaves_nothing(orders) -> None:
    before = orders.files()
    orders.source("orders", "mapped", path="landing/orders_{date}.csv", columns={
        column: column for column in good("orders")
    } | {"coupon": "nosuch(order_id)"})  # fmt: skip
    with pytest.raises(ConfigurationError):
        orders.prepare("orders")
    assert orders.files() == before


def test_a_load_is_decided_once(orders) -> None:
    with orders.prepare("orders") as pending:
        pending.commit()
        with pytest.raises(EngineError, match="committed or discarded before"):
            pending.discard()


def test_what_is_kept_says_where_it_came_from(orders) -> None:
    orders.load("orders")
    columns = (
        "order_id, source, delivered_on::varchar, file_name, file_row, load_id, is_restatement"
    )
    assert orders.rows("orders", columns) == [
        ("1", "orders", "2026-02-01", "landing/orders_2026-02-01.csv", 2, 1, False),
        ("2", "orders", "2026-02-02", "landing/orders_2026-02-02.csv", 2, 1, False),
    ]


def test_loads_of_a_kind_are_numbered(orders) -> None:
    orders.load("orders")
    orders.deliver("orders_2026-02-03.csv", csv_of([good("orders")]))
    assert orders.load("orders").load_id == 2


def test_the_loaded_state_changes_with_what_is_loaded(orders) -> None:
    orders.load("orders", date_to=date(2026, 2, 1))
    first = ingest.loaded_state(orders.settings)
    orders.load("orders")
    assert ingest.loaded_state(orders.settings) != first
