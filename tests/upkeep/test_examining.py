"""What is wrong with a data dir is found, each thing with what to do about it."""

import os
import shutil
import sqlite3
from collections import namedtuple

import pytest

from journey.cli import doctor
from journey.upkeep import examining, layout


@pytest.fixture
def whole(orders):
    """A data dir of today, in order."""
    orders.load("orders")
    os.chmod(orders.data_dir, 0o700)
    layout.bring_up(orders.settings)
    orders.load("orders")
    return orders


def record_is_gone(data_dir) -> None:
    next((data_dir / "raw/.loads/orders").iterdir()).unlink()


def file_of_no_load(data_dir) -> None:
    path = next((data_dir / "raw/orders").glob("event_date=2026-*/*.parquet"))
    shutil.copy(path, path.with_name("orders-99-1_0.parquet"))


def layout_is_old(data_dir) -> None:
    (data_dir / layout.FILE).unlink()
    (data_dir / "figures").mkdir()


def everyone_may_read(data_dir) -> None:
    for path in (data_dir, data_dir / "raw"):
        path.chmod(path.stat().st_mode | 0o055)


def alerts_are_damaged(data_dir) -> None:
    (data_dir / "alerts.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)


def tombstones_are_damaged(data_dir) -> None:
    (data_dir / "forgotten.txt").write_text("cut o")


def forgetting_is_unfinished(data_dir) -> None:
    (data_dir / "forgetting.json").write_text("{}")


def link_leads_nowhere(data_dir) -> None:
    (data_dir / "published/versions").mkdir(parents=True)
    (data_dir / "published/current").symlink_to("versions/gone")


def disk_is_full(data_dir) -> None:
    pass


CASES = [
    (record_is_gone, "journey run"),
    (file_of_no_load, "journey run"),
    (layout_is_old, "--repair"),
    (everyone_may_read, "--repair"),
    (alerts_are_damaged, "move the file away"),
    (tombstones_are_damaged, "backup"),
    (forgetting_is_unfinished, "--resume"),
    (link_leads_nowhere, "--repair"),
    (disk_is_full, "make room"),
]


def test_each_thing_that_is_wrong_is_said_with_what_to_do(whole, tmp_path, monkeypatch) -> None:
    assert examining.findings(whole.settings) == []
    assert doctor.examine(whole.settings) == []
    in_order = tmp_path / "in order"
    shutil.copytree(whole.data_dir, in_order, symlinks=True)
    for wrong, advice in CASES:
        shutil.rmtree(whole.data_dir)
        shutil.copytree(in_order, whole.data_dir, symlinks=True)
        with monkeypatch.context() as patched:
            if wrong is disk_is_full:
                usage = namedtuple("usage", "total used free")(10, 9, 1)
                patched.setattr(shutil, "disk_usage", lambda path, usage=usage: usage)
            wrong(whole.data_dir)
            found = examining.findings(whole.settings)
        assert found, wrong.__name__
        assert all(advice in sentence for sentence in found), (wrong.__name__, found)


def test_repair_does_what_needs_no_run(whole) -> None:
    layout_is_old(whole.data_dir)
    record_is_gone(whole.data_dir)
    everyone_may_read(whole.data_dir)
    said = " ".join(doctor.repair(whole.settings))
    assert f"layout {layout.VERSION}" in said
    assert "private" in said
    assert "records of 1 loads" in said
    assert doctor.examine(whole.settings) == []


def test_an_older_ledger_is_copied_before_it_is_brought_up(whole) -> None:
    path = whole.settings.ledger_path
    with sqlite3.connect(path) as ledger:
        ledger.execute("alter table files drop column forgotten")
        ledger.execute("pragma user_version = 6")
    whole.load("orders")
    [copy] = whole.data_dir.glob("ledger.sqlite.before-version-*")
    with sqlite3.connect(copy) as before:
        assert before.execute("pragma user_version").fetchone() == (6,)
        assert before.execute("select count(*) from files").fetchone() == (2,)
