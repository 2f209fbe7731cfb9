"""The life of a load: what is new, what is known, and what a death on the way leaves behind."""

import errno
import os
import signal
import stat
import subprocess
import sys
from datetime import date

import pytest

from journey import ingest
from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.ingest import batches, landing, ledger_contents, loader
from journey.ingest.formats import read_format
from journey.ingest.ledger import Ledger
from tests.ingest.conftest import EMAIL_KEY, TODAY
from tests.ingest.rows import csv_of, good

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.fixture
def orders(warehouse):
    """A source with two days delivered."""
    warehouse.source("orders", path="landing/orders_{date}.csv")
    for day in (1, 2):
        row = good("orders", order_id=str(day), ordered_at=f"2026-02-0{day}")
        bad = good("orders", order_id="x", currency="?")
        warehouse.deliver(f"orders_2026-02-0{day}.csv", csv_of([row, bad, row]))
    return warehouse


def planned(warehouse, *dates) -> list[str]:
    return [d.file_name for d in ingest.plan(warehouse.settings, *dates, today=TODAY)]


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


def test_counts_and_results_account_for_every_row(orders) -> None:
    pending = orders.load("orders")
    assert pending.counts() == {
        "files": 2,
        "refused_files": 0,
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
    told = ("file_name", "status", "records", "delivered", "loaded", "duplicate", "quarantined")
    assert [first[column] for column in told] == [
        "landing/orders_2026-02-01.csv", "loaded", 3, 3, 1, 1, 1,
    ]  # fmt: skip
    assert first["first_event_date"] == first["last_event_date"] == "2026-02-01"


def test_a_sum_that_does_not_add_up_is_an_error_of_ours(orders, monkeypatch) -> None:
    """As if the duplicate had been lost on the way."""
    monkeypatch.setattr(batches.versions, "decide", lambda *given: False)
    monkeypatch.setattr(
        batches.accounts,
        "_written",
        lambda output: {"landing/orders_2026-02-01.csv": 1},
    )
    with pytest.raises(EngineError, match=r"3 rows were delivered and 2 accounted for"):
        orders.prepare("orders")
    assert planned(orders)


def test_a_format_that_loses_a_row_is_an_error_of_ours(warehouse, monkeypatch) -> None:
    format = read_format("email_events", "sendgrid")
    lossy = type(format)(**{**vars(format), "body": f"{format.body} where event <> 'open'"})
    monkeypatch.setattr(batches, "format_of", lambda source: lossy)
    warehouse.source("email_events", "sendgrid")
    warehouse.deliver("email_events/a.jsonl", [{"event": "open"}, {"event": "click"}])
    with pytest.raises(EngineError, match="another number of rows than the file has"):
        warehouse.prepare("email_events")


# Refused files.


def test_a_refused_file_is_tried_again_when_it_is_mended(orders) -> None:
    orders.deliver("orders_2026-02-03.csv", "")
    [refused] = orders.load("orders").refused
    assert refused.reason == ("landing/orders_2026-02-03.csv: the file is empty; deliver it again")
    assert planned(orders) == []
    orders.deliver("orders_2026-02-03.csv", csv_of([good("orders")]))
    assert orders.load("orders").refused == []
    assert orders.rows("orders", "file_name", "order_id = 'o1'") == [
        ("landing/orders_2026-02-03.csv",)
    ]


def test_a_refused_file_is_tried_again_when_its_source_changes(orders) -> None:
    text = csv_of([{**good("orders"), "extra": "1"}])
    orders.deliver("orders_2026-02-03.csv", text)
    assert len(orders.load("orders").refused) == 1
    assert planned(orders) == []
    columns = {column: column for column in good("orders")}
    orders.source("orders", "mapped", path="landing/orders_{date}.csv", columns=columns)
    assert planned(orders)[-1] == "landing/orders_2026-02-03.csv"
    assert orders.load("orders").results[-1].status == "loaded"
    assert planned(orders) == []


def test_a_refused_file_is_tried_again_when_its_format_changes(orders, monkeypatch, tmp_path):
    orders.deliver("orders_2026-02-03.csv", csv_of([{"a": "b"}]))
    orders.load("orders")
    assert planned(orders) == []
    monkeypatch.setattr(loader, "CONTRACTS_DIR", tmp_path)
    assert planned(orders)[-1] == "landing/orders_2026-02-03.csv"


def test_a_name_that_is_no_date_is_refused(orders) -> None:
    orders.sources = [orders.sources[0].model_copy(update={"path": "landing/*_{date:%Y%m%d}.csv"})]
    orders.deliver("orders_20261301.csv", csv_of([good("orders")]))
    [refused] = orders.load("orders").refused
    assert "'2026 13 01' in its name is not a date" in refused.reason


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(orders, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(landing.Delivery, "is_unchanged", lambda self: "02-01" in self.file_name)
        assert [r.file_name[-14:] for r in orders.load("orders").results] == ["2026-02-01.csv"]
    assert planned(orders) == ["landing/orders_2026-02-02.csv"]
    assert len(orders.load("orders").results) == 1
    assert orders.rows("orders", "order_id") == [("1",), ("2",)]


# Deciding.


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


@pytest.mark.parametrize("told", ["2026-13-01", "2062-02-03", "1926-02-03"])
def test_a_file_with_a_wrong_date_is_refused_alone_and_taken_once_renamed(orders, told) -> None:
    wrong = orders.deliver(f"orders_{told}.csv", csv_of([good("orders", order_id="3")]))
    days = [d.delivered_on for d in ingest.plan(orders.settings, today=TODAY)]
    assert (min(days), max(days)) == (date(2026, 2, 1), TODAY)
    pending = orders.load("orders")
    assert [refused.file_name for refused in pending.refused] == [f"landing/orders_{told}.csv"]
    assert len(orders.rows("orders")) == 2
    assert planned(orders) == []
    wrong.rename(wrong.with_name("orders_2026-02-03.csv"))
    orders.load("orders")
    assert len(orders.rows("orders")) == 3


def test_a_file_that_may_not_be_read_is_refused_alone_until_it_may(orders, monkeypatch) -> None:
    def digest_but_one(path):
        if path.name == "orders_2026-02-01.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return digest(path)

    digest = ledger_contents.digest
    with monkeypatch.context() as patch:
        patch.setattr(ledger_contents, "digest", digest_but_one)
        pending = orders.load("orders")
        assert planned(orders) == []
    assert [refused.reason for refused in pending.refused] == [
        "landing/orders_2026-02-01.csv: it cannot be opened (Permission denied); see to its"
        " permissions"
    ]
    assert orders.rows("orders", "order_id") == [("2",)]
    assert planned(orders) == ["landing/orders_2026-02-01.csv"]
    orders.load("orders")
    assert orders.rows("orders", "order_id") == [("1",), ("2",)]


def test_a_file_in_a_folder_that_may_not_be_looked_into_is_refused_alone(
    orders, monkeypatch
) -> None:
    stat_of = os.stat

    def stat_but_one(path, *given, **named):
        if str(path).endswith("orders_2026-02-01.csv"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat_of(path, *given, **named)

    monkeypatch.setattr(os, "stat", stat_but_one)
    [refused] = orders.load("orders").refused
    assert "it cannot be opened (Permission denied)" in refused.reason
    assert len(orders.rows("orders")) == 1


def test_a_file_of_a_day_to_come_is_taken_on_that_day(orders) -> None:
    orders.deliver("orders_2026-03-02.csv", csv_of([good("orders", order_id="3")]))
    assert len(orders.load("orders").refused) == 1
    [result] = orders.load("orders", today=date(2026, 3, 2)).results
    assert (result.loaded, result.delivered_on) == (1, date(2026, 3, 2))


def test_a_full_refresh_forgets_and_loads_anew(orders) -> None:
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


def test_a_full_refresh_does_not_lose_a_file_whose_later_content_was_refused(orders) -> None:
    orders.load("orders")
    orders.deliver("orders_2026-02-01.csv", "")
    orders.load("orders")
    with pytest.raises(DataError, match="would lose the rows of 1 loaded files"):
        ingest.reset(orders.settings)


def test_a_full_refresh_does_not_lose_a_file_that_may_no_longer_be_read(
    orders, monkeypatch
) -> None:
    orders.load("orders")

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(ledger_contents, "digest", refuse)
    with pytest.raises(DataError, match="would lose the rows of 2 loaded files"):
        ingest.reset(orders.settings)


def test_a_full_refresh_plans_all_that_is_there(orders) -> None:
    orders.load("orders")
    assert ingest.plan(orders.settings) == []
    planned_anew = ingest.plan(orders.settings, anew=True)
    assert {d.file_name for d in planned_anew} == {
        file["file_name"] for file in ingest.Ledger(orders.settings).file_results()
    }


def test_the_loaded_state_changes_with_what_is_loaded(orders) -> None:
    orders.load("orders", date_to=date(2026, 2, 1))
    first = ingest.loaded_state(orders.settings)
    orders.load("orders")
    assert ingest.loaded_state(orders.settings) != first


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


# Dying.

NIGHT = """
import sys
from pathlib import Path
from datetime import date
from journey import ingest
from tests.ingest.conftest import Warehouse
orders = Warehouse(Path(sys.argv[1]))
orders.source("orders", path="landing/orders_{date}.csv")
ingest.sweep(orders.settings)
ingest.ensure_contract_files(orders.settings)
orders.load("orders")
"""
POINTS = (
    "ingest.before_write",
    "ingest.after_write",
    "ingest.mid_rename",
    "ingest.before_record",
    "ingest.before_ledger",
    "ingest.after_ledger",
)


def night(orders, fault: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-c", NIGHT, orders.data_dir],
        env={**os.environ, "JOURNEY_FAULT": fault, "JOURNEY_EMAIL_KEY": EMAIL_KEY},
        cwd=REPO,
        check=False,
    ).returncode


def test_a_night_killed_at_any_point_ends_as_if_undisturbed(orders) -> None:
    """Killed at each point in turn, the same landing folder; then once in peace."""
    for fault in POINTS:
        assert night(orders, fault) == -signal.SIGKILL, fault
        files = orders.files()
        kept = [name for name in files if name.startswith("raw/orders/event_date=2026")]
        assert (len(kept) > 0) == (fault in POINTS[2:]), fault
    assert night(orders) == 0
    assert orders.rows("orders", "order_id, load_id") == [("1", 1), ("2", 1)]
    assert orders.quarantine("orders") == [("currency_not_iso_4217",)] * 2
    assert {name for name in orders.files() if "contract" not in name} == {
        "raw/orders/event_date=2026-02-01/orders-1-1_0.parquet",
        "raw/orders/event_date=2026-02-02/orders-1-1_0.parquet",
        "quarantine/orders/orders-1.parquet",
        "raw/.loads/orders/1.json",
        "raw/.email_key_check",
    }
    assert planned(orders) == []


def test_sweeping_leaves_what_was_committed(orders) -> None:
    orders.load("orders")
    before = orders.files()
    assert ingest.sweep(orders.settings) == 0
    assert orders.files() == before
    stray = orders.data_dir / "raw/orders/event_date=2026-02-09/orders-7-1_0.parquet"
    stray.parent.mkdir()
    stray.write_bytes(b"half a file")
    pending = orders.data_dir / "raw/.pending/orders/rows/x.parquet"
    pending.parent.mkdir(parents=True)
    pending.write_bytes(b"")
    assert ingest.sweep(orders.settings) == 2
    assert orders.files() == before
    assert not stray.parent.exists()
