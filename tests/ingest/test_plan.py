"""What of the landing paths is new to a run: by content, by dates, by what was rejected before."""

import errno
import os
from datetime import date

import pytest

from journey import ingest
from journey.ingest import ledger_contents
from journey.ingest.planning import fingerprints, landing
from tests.ingest.conftest import TODAY, planned
from tests.ingest.rows import csv_of, good
from tests.messages import assert_says


def test_what_is_loaded_is_new_no_more(orders) -> None:
    assert len(planned(orders)) == 2
    orders.load("orders")
    assert planned(orders) == []
    before = orders.files()
    with orders.prepare("orders") as pending:
        assert (pending.results, pending.files, pending.row_count) == ([], [], 0)
        pending.commit()
    assert orders.files() == before


def test_known_files_are_not_even_read(orders, monkeypatch) -> None:
    monkeypatch.setattr(ledger_contents, "SETTLED_SECONDS", -1)
    orders.load("orders")
    monkeypatch.setattr(ledger_contents, "digest", lambda path: pytest.fail(f"{path} was read"))
    assert planned(orders) == []


def test_a_file_touched_is_known_and_one_renamed_says_what_it_said(orders) -> None:
    orders.load("orders")
    landed = orders.data_dir / "landing"
    os.utime(landed / "orders_2026-02-01.csv")
    assert planned(orders) == []
    (landed / "orders_2026-02-02.csv").rename(landed / "orders_2026-02-03.csv")
    assert planned(orders) == ["landing/orders_2026-02-03.csv"]
    before = orders.rows("orders", "order_id, is_restatement")
    renamed = orders.load("orders")
    assert (renamed.counts()["duplicate"], renamed.counts()["loaded"]) == (2, 0)
    assert orders.rows("orders", "order_id, is_restatement") == before
    assert orders.rows("orders", "file_name[-6:]", "order_id = '2'") == [("03.csv",)]
    assert planned(orders) == []


def test_a_file_with_new_content_is_new(orders) -> None:
    orders.load("orders")
    orders.deliver("orders_2026-02-01.csv", csv_of([good("orders")]))
    assert planned(orders) == ["landing/orders_2026-02-01.csv"]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(1, 1, [1]), (2, None, [2]), (None, 1, [1]), (3, 4, []), (1, 2, [1, 2])],
)
def test_dates_choose_deliveries(orders, first, last, days) -> None:
    dates = [date(2026, 2, day) if day else None for day in (first, last)]
    assert planned(orders, *dates) == [f"landing/orders_2026-02-0{day}.csv" for day in days]
    loaded = orders.load("orders", date_from=dates[0], date_to=dates[1])
    assert len(loaded.results) == len(days)


def test_a_file_without_a_date_was_delivered_when_first_seen(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of([good("orders")]))
    assert planned(warehouse, TODAY, TODAY) == ["landing/orders/a.csv"]
    later = date(2026, 3, 9)
    warehouse.load("orders", today=later)
    assert warehouse.rows("orders", "delivered_on") == [(TODAY,)]
    ingest.reset(warehouse.settings)
    warehouse.load("orders", today=later)
    assert warehouse.rows("orders", "delivered_on") == [(TODAY,)]


def test_a_rejected_file_is_tried_again_when_it_is_fixed(orders) -> None:
    orders.deliver("orders_2026-02-03.csv", "")
    [rejected] = orders.load("orders").rejected
    assert_says(rejected.reason, "landing/orders_2026-02-03.csv: ", "empty", "deliver it again")
    assert planned(orders) == []
    orders.deliver("orders_2026-02-03.csv", csv_of([good("orders")]))
    assert orders.load("orders").rejected == []
    assert orders.rows("orders", "file_name", "order_id = 'o1'") == [
        ("landing/orders_2026-02-03.csv",)
    ]


def test_a_rejected_file_is_tried_again_when_its_source_changes(orders) -> None:
    text = csv_of([{**good("orders"), "extra": "1"}])
    orders.deliver("orders_2026-02-03.csv", text)
    assert len(orders.load("orders").rejected) == 1
    assert planned(orders) == []
    columns = {column: column for column in good("orders")}
    orders.source("orders", "mapped", path="landing/orders_{date}.csv", columns=columns)
    assert planned(orders)[-1] == "landing/orders_2026-02-03.csv"
    assert orders.load("orders").results[-1].status == "loaded"
    assert planned(orders) == []


def test_a_rejected_file_is_tried_again_when_its_format_changes(orders, monkeypatch, tmp_path):
    orders.deliver("orders_2026-02-03.csv", csv_of([{"a": "b"}]))
    orders.load("orders")
    assert planned(orders) == []
    monkeypatch.setattr(fingerprints, "CONTRACTS_DIR", tmp_path)
    assert planned(orders)[-1] == "landing/orders_2026-02-03.csv"


def test_a_name_that_is_no_date_is_rejected(orders) -> None:
    orders.sources = [orders.sources[0].model_copy(update={"path": "landing/*_{date:%Y%m%d}.csv"})]
    orders.deliver("orders_20261301.csv", csv_of([good("orders")]))
    [rejected] = orders.load("orders").rejected
    assert "'2026 13 01' in its name is not a date" in rejected.reason


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(orders, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(landing.Delivery, "is_unchanged", lambda self: "02-01" in self.file_name)
        assert [r.file_name[-14:] for r in orders.load("orders").results] == ["2026-02-01.csv"]
    assert planned(orders) == ["landing/orders_2026-02-02.csv"]
    assert len(orders.load("orders").results) == 1
    assert orders.rows("orders", "order_id") == [("1",), ("2",)]


@pytest.mark.parametrize("given", ["2026-13-01", "2062-02-03", "1926-02-03"])
def test_a_file_with_a_wrong_date_is_rejected_alone_and_taken_once_renamed(orders, given) -> None:
    wrong = orders.deliver(f"orders_{given}.csv", csv_of([good("orders", order_id="3")]))
    days = [d.delivered_on for d in ingest.plan(orders.settings, today=TODAY)]
    assert (min(days), max(days)) == (date(2026, 2, 1), TODAY)
    pending = orders.load("orders")
    assert [rejected.file_name for rejected in pending.rejected] == [f"landing/orders_{given}.csv"]
    assert len(orders.rows("orders")) == 2
    assert planned(orders) == []
    wrong.rename(wrong.with_name("orders_2026-02-03.csv"))
    orders.load("orders")
    assert len(orders.rows("orders")) == 3


def test_a_file_that_may_not_be_read_is_rejected_alone_until_it_may(orders, monkeypatch) -> None:
    def digest_but_one(path):
        if path.name == "orders_2026-02-01.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return digest(path)

    digest = ledger_contents.digest
    with monkeypatch.context() as patch:
        patch.setattr(ledger_contents, "digest", digest_but_one)
        pending = orders.load("orders")
        assert planned(orders) == []
    [rejected] = pending.rejected
    assert_says(rejected.reason, "landing/orders_2026-02-01.csv: ", "Permission denied")
    assert orders.rows("orders", "order_id") == [("2",)]
    assert planned(orders) == ["landing/orders_2026-02-01.csv"]
    orders.load("orders")
    assert orders.rows("orders", "order_id") == [("1",), ("2",)]


def test_a_file_in_a_folder_that_may_not_be_looked_into_is_rejected_alone(
    orders, monkeypatch
) -> None:
    stat_of = os.stat

    def stat_but_one(path, *given, **named):
        if str(path).endswith("orders_2026-02-01.csv"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat_of(path, *given, **named)

    monkeypatch.setattr(os, "stat", stat_but_one)
    [rejected] = orders.load("orders").rejected
    assert "it cannot be opened (Permission denied)" in rejected.reason
    assert len(orders.rows("orders")) == 1


def test_a_file_of_a_day_to_come_is_taken_on_that_day(orders) -> None:
    orders.deliver("orders_2026-03-02.csv", csv_of([good("orders", order_id="3")]))
    assert len(orders.load("orders").rejected) == 1
    [result] = orders.load("orders", today=date(2026, 3, 2)).results
    assert (result.loaded, result.delivered_on) == (1, date(2026, 3, 2))


def test_deliveries_have_a_fingerprint_whatever_their_order(orders) -> None:
    deliveries = ingest.plan(orders.settings, today=TODAY)
    whole = ingest.fingerprint(orders.settings, deliveries)
    assert whole == ingest.fingerprint(orders.settings, reversed(deliveries))
    assert whole != ingest.fingerprint(orders.settings, deliveries[:1])


def test_a_content_that_returns_has_a_fingerprint_of_its_own(orders) -> None:
    """By it the sensor knows whether it has launched a run for this before."""
    seen = set()
    for amount in ("1", "2", "1"):
        orders.deliver("orders_2026-02-01.csv", csv_of([good("orders", net_amount=amount)]))
        seen.add(ingest.fingerprint(orders.settings, ingest.plan(orders.settings, today=TODAY)))
        orders.load("orders")
    assert len(seen) == 3
