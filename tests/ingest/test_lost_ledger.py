"""A ledger that is lost or damaged removes nothing, and is made again from what lies there."""

import os
import shutil
import sqlite3
import stat
from datetime import date
from pathlib import Path

import pytest

from journey import ingest
from journey.cli import doctor
from journey.core import failpoints
from journey.core.errors import ConfigurationError, EngineError
from journey.ingest import email_key, load_records, rebuild
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import LoadRecord
from tests.ingest.conftest import EMAIL_KEY, TODAY
from tests.ingest.rows import csv_of, good


def order(number: int, **given: str) -> dict[str, str]:
    return good("orders", order_id=str(number), **given)


@pytest.fixture
def orders(warehouse):
    """Three loads: new, a correction in place and a rejected file; a repeated row; a bad one."""
    warehouse.source("orders", path="landing/orders_{date}.csv")
    bad = order(9, currency="?")
    warehouse.deliver("orders_2026-02-01.csv", csv_of([order(1), order(2), bad]))
    warehouse.deliver("orders_2026-02-02.csv", csv_of([order(2), order(3)]))
    warehouse.load("orders")
    warehouse.deliver("orders_2026-02-01.csv", csv_of([order(1, net_amount="7"), bad]))
    warehouse.load("orders")
    warehouse.deliver("orders_2026-02-03.csv", "")
    warehouse.load("orders")
    return warehouse


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def make_new(path: Path) -> None:
    """As by something that only opened it."""
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("create table if not exists files (x)")
        connection.execute("drop table files")


def garble(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def tear(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garble_pages(path: Path) -> None:
    """The head is right, and what is in it is not."""
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(bytes(content))


LOSSES = (remove, empty, make_new, garble, tear, garble_pages)


def state(warehouse) -> tuple:
    """All that must be there again."""
    ledger = Ledger(warehouse.settings)
    files = [
        {name: value for name, value in file.items() if name != "finished_at"}
        for file in ledger.file_results()
    ]
    return (
        ingest.loaded_state(warehouse.settings),
        files,
        ledger.quarantined(),
        ledger.load_ids("orders"),
        ledger.fact(email_key.FACT),
        warehouse.rows("orders"),
        warehouse.quarantine("orders", "*"),
    )


@pytest.mark.parametrize("lose", LOSSES)
def test_a_lost_ledger_removes_nothing_and_is_made_again(orders, lose) -> None:
    before, kept = state(orders), orders.files()
    lose(orders.settings.ledger_path)
    for step in (ingest.sweep, ingest.require_ledger):
        with pytest.raises(EngineError, match="journey doctor --repair") as raised:
            step(orders.settings)
    assert str(raised.value).count("\n") == 0
    if lose in (remove, empty, make_new):
        assert "the ledger is new or empty, but 3 loads of orders lie in raw/" in str(raised.value)
    assert orders.files() == kept
    with pytest.raises(EngineError, match="journey doctor --repair"):
        doctor.run(orders.settings, is_repairing=False)
    doctor.run(orders.settings, is_repairing=True)
    assert state(orders) == before
    assert ingest.plan(orders.settings, today=TODAY) == []
    assert ingest.sweep(orders.settings) == 0
    orders.deliver("orders_2026-02-04.csv", csv_of([order(4)]))
    assert [r.loaded for r in orders.load("orders").results] == [1]


def test_the_one_before_is_kept_aside(orders) -> None:
    garble(orders.settings.ledger_path)
    content = orders.settings.ledger_path.read_bytes()
    made = rebuild.rebuild(orders.settings)
    assert made.aside.read_bytes() == content
    assert (made.loads, made.files, made.without_record) == (3, 4, 0)


def test_a_ledger_that_is_in_order_is_left_alone(orders, capsys) -> None:
    before = orders.settings.ledger_path.read_bytes()
    orders.data_dir.chmod(0o700)
    doctor.run(orders.settings, is_repairing=True)
    assert orders.settings.ledger_path.read_bytes() == before
    said = capsys.readouterr().out
    assert "There was nothing to repair." in said
    assert "are in order; no version is published yet: run `journey run`." in said


def test_a_new_warehouse_has_nothing_to_repair(warehouse, capsys) -> None:
    doctor.run(warehouse.settings, is_repairing=False)
    doctor.run(warehouse.settings, is_repairing=True)
    shown = capsys.readouterr().out
    assert (
        "Nothing has been loaded yet, so there is nothing to examine: run `journey run`." in shown
    )
    assert "in order" not in shown


def test_an_older_ledger_from_a_backup_learns_of_the_loads_since(orders, tmp_path) -> None:
    backup = shutil.copy(orders.settings.ledger_path, tmp_path / "backup")
    orders.deliver("orders_2026-02-05.csv", csv_of([order(5)]))
    orders.load("orders")
    before = state(orders)
    shutil.copy(backup, orders.settings.ledger_path)
    assert ingest.sweep(orders.settings) == 0
    assert state(orders) == before


def test_loads_without_a_record_are_found_by_their_rows(orders) -> None:
    """Their files are read again where they are there, and nothing is doubled or lost."""
    shutil.rmtree(orders.data_dir / "raw" / ".loads")
    (orders.data_dir / "landing" / "orders_2026-02-02.csv").unlink()
    columns = "order_id, net_amount, delivered_on, file_name, is_restatement"
    before = orders.rows("orders", columns)
    remove(orders.settings.ledger_path)
    made = rebuild.rebuild(orders.settings)
    assert (made.loads, made.without_record) == (1, 1), "the second load wrote all files anew"
    assert ingest.sweep(orders.settings) == 0
    assert orders.rows("orders", columns) == before
    results = Ledger(orders.settings).file_results()
    assert sum(r["loaded"] + r["restated"] for r in results) == len(before)
    again = orders.load("orders")
    assert (again.counts()["duplicate"], again.counts()["loaded"]) == (1, 0)
    assert orders.rows("orders", columns) == before


@pytest.mark.parametrize("amount", ["1", "2", "3"])
@pytest.mark.parametrize(
    "second", ["all kept", "one in quarantine", "all in quarantine", "none at all"]
)
def test_a_path_is_read_again_where_the_record_of_its_last_content_is_lost(
    warehouse, amount, second
) -> None:
    """Also where it holds what the record that is left is about, which has no rows in raw now."""
    warehouse.source("orders", path="landing/orders.csv")

    def content(amount: str, **given: str) -> str:
        return csv_of([order(1, net_amount=amount), order(2, net_amount=amount, **given)])

    warehouse.deliver("orders.csv", content("1"))
    warehouse.load("orders")
    rows = content("2", currency="GBP" if second == "all kept" else "?")
    if second == "all in quarantine":
        rows = csv_of([order(1, currency="?"), order(2, currency="?")])
    if second == "none at all":
        rows = rows.split("\n", 1)[0] + "\n"
    warehouse.deliver("orders.csv", rows)
    warehouse.load("orders")
    (warehouse.data_dir / "raw/.loads/orders/2.json").unlink()
    remove(warehouse.settings.ledger_path)
    rebuild.rebuild(warehouse.settings)
    assert ingest.sweep(warehouse.settings) == 0
    warehouse.deliver("orders.csv", content(amount))
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, net_amount::int") == [
        ("1", int(amount)),
        ("2", int(amount)),
    ]
    assert warehouse.quarantine("orders") == []
    assert ingest.plan(warehouse.settings, today=TODAY) == []
    standing = [r for r in Ledger(warehouse.settings).file_results() if r["replaced_by"] is None]
    assert [r["delivered"] for r in standing] == [2]


def test_missing_records_are_written_for_loads_that_the_ledger_knows(orders) -> None:
    before = state(orders)
    shutil.rmtree(orders.data_dir / "raw" / ".loads")
    ingest.sweep(orders.settings)
    remove(orders.settings.ledger_path)
    made = rebuild.rebuild(orders.settings)
    assert made.without_record == 0
    assert state(orders) == before


def test_a_record_that_is_written_later_has_what_its_own_load_did_and_no_more(orders) -> None:
    def told() -> list[tuple]:
        records = [load_records.read(orders.settings, "orders", load) for load in (1, 2, 3)]
        return [
            (
                record.run_id,
                [(r.place, r.status, r.loaded, r.quarantine_reasons) for r in record.results],
                record.retired,
                sorted(record.superseded),
                record.withdrawn,
            )
            for record in records
        ]

    before = told()
    assert [len(results) for _, results, *_ in before] == [2, 1, 1]
    shutil.rmtree(orders.data_dir / "raw" / ".loads")
    ingest.sweep(orders.settings)
    assert told() == before


def test_a_damaged_record_is_reported_and_nothing_is_removed(orders) -> None:
    orders.deliver("orders_2026-02-05.csv", csv_of([order(5)]))
    backup = orders.settings.ledger_path.read_bytes()
    orders.load("orders")
    orders.settings.ledger_path.write_bytes(backup)
    (orders.data_dir / "raw/.loads/orders/4.json").write_text("{")
    kept = orders.files()
    with pytest.raises(EngineError, match=r"4\.json: this record of a load is damaged"):
        ingest.sweep(orders.settings)
    assert orders.files() == kept


def test_a_full_refresh_forgets_records_too(orders) -> None:
    (orders.data_dir / "landing" / "orders_2026-02-03.csv").unlink()
    ingest.reset(orders.settings)
    assert not list((orders.data_dir / "raw" / ".loads").rglob("*.json"))
    assert ingest.sweep(orders.settings) == 0
    orders.load("orders", today=date(2026, 3, 2))
    ingest.refresh.finish(orders.settings)
    before = state(orders)
    remove(orders.settings.ledger_path)
    rebuild.rebuild(orders.settings)
    assert state(orders) == before


@pytest.mark.parametrize("lost", ["", "raw/.loads", "raw/.email_key_check"])
def test_a_rebuilt_ledger_knows_the_key_for_addresses(orders, lost, monkeypatch) -> None:
    """From the records of the loads, or, without them, from beside the rows."""
    remove(orders.settings.ledger_path)
    if lost == "raw/.loads":
        shutil.rmtree(orders.data_dir / lost)
    elif lost:
        (orders.data_dir / lost).unlink()
    rebuild.rebuild(orders.settings)
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "another key that is long enough, too")
    with pytest.raises(ConfigurationError, match="is not the key"):
        ingest.require_email_key(orders.settings)
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    ingest.require_email_key(orders.settings)


@pytest.mark.parametrize("fault", ["ingest.mid_rename", "ingest.before_record"])
def test_a_first_load_that_died_half_way_is_swept_all_the_same(
    warehouse, fault, monkeypatch
) -> None:
    """The ledger was there, and knew that this load was about to be put in place."""
    warehouse.source("orders", path="landing/orders_{date}.csv")
    rows = [order(1), order(2, ordered_at="2026-01-31")]
    warehouse.deliver("orders_2026-02-01.csv", csv_of(rows))
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "point", lambda name: die() if name == fault else None)
        with pytest.raises(InterruptedError):
            warehouse.load("orders")
    assert warehouse.rows("orders") != [], "nothing was in place yet"
    ingest.require_ledger(warehouse.settings)
    ingest.sweep(warehouse.settings)
    assert warehouse.rows("orders") == []
    assert warehouse.load("orders").counts()["loaded"] == 2


def die() -> None:
    raise InterruptedError


@pytest.mark.parametrize("has_records", [True, False])
@pytest.mark.parametrize("knows", ["a run", "a load of another kind"])
def test_a_ledger_that_was_begun_again_removes_nothing_of_what_it_does_not_know(
    orders, has_records, knows, capsys
) -> None:
    before = orders.rows("orders")
    remove(orders.settings.ledger_path)
    if not has_records:
        shutil.rmtree(orders.data_dir / "raw" / ".loads")
    if knows == "a run":
        Ledger(orders.settings).begin_run("run 0")
    else:
        Ledger(orders.settings).commit(LoadRecord("refunds", 1, "run 0", "2026-02-01", []))
    kept = orders.files()
    for step in (ingest.sweep, ingest.require_ledger):
        with pytest.raises(EngineError, match="journey doctor --repair"):
            step(orders.settings)
    assert orders.files() == kept
    doctor.run(orders.settings, is_repairing=True)
    ingest.sweep(orders.settings)
    assert orders.rows("orders") == before


def test_the_check_value_beside_the_rows_follows_the_ledger_and_is_for_the_owner(orders) -> None:
    path = orders.data_dir / "raw/.email_key_check"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()  # as by a version that kept none
    ingest.sweep(orders.settings)
    assert path.read_text().strip() == Ledger(orders.settings).fact(email_key.FACT)


def test_a_full_refresh_with_another_key_leaves_that_beside_the_rows(orders, monkeypatch) -> None:
    (orders.data_dir / "landing" / "orders_2026-02-03.csv").unlink()
    other = "another key that is long enough, too"
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", other)
    ingest.reset(orders.settings)
    orders.load("orders")
    assert email_key.beside_raw(orders.settings) == email_key.check_value(other.encode())


# Raw that is lost.


def test_files_of_raw_that_are_gone_are_missed(orders) -> None:
    ingest.require_raw(orders.settings)
    files = sorted((orders.data_dir / "raw" / "orders").glob("event_date=2026*/*.parquet"))
    kept = [(path, path.read_bytes()) for path in files]
    files[0].unlink()
    with pytest.raises(EngineError, match=rf"raw/orders: 1 of {len(files)} files that loads have"):
        ingest.require_raw(orders.settings)
    for path, content in kept:
        path.write_bytes(content)
    ingest.require_raw(orders.settings)
    shutil.rmtree(orders.data_dir / "raw")
    with pytest.raises(EngineError, match="--full-refresh"):
        ingest.require_raw(orders.settings)
    (orders.data_dir / "landing" / "orders_2026-02-03.csv").unlink()
    ingest.reset(orders.settings)
    ingest.require_raw(orders.settings)
    orders.load("orders")
    ingest.require_raw(orders.settings)


def test_no_file_is_missed_after_files_were_read_again(orders) -> None:
    columns = {column: column for column in good("orders")}
    orders.source("orders", "mapped", path="landing/orders_{date}.csv", columns=columns)
    orders.load("orders")
    ingest.require_raw(orders.settings)
    assert ingest.sweep(orders.settings) == 0
    ingest.require_raw(orders.settings)
    remove(orders.settings.ledger_path)
    rebuild.rebuild(orders.settings)
    ingest.require_raw(orders.settings)
