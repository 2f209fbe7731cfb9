"""An older data dir becomes one of today at its first run, whatever moment the run dies at."""

import json
import sqlite3

import pytest

from journey.core import failpoints
from journey.core.errors import EngineError
from journey.upkeep import layout


@pytest.fixture
def old(orders):
    """A data dir as 0.1.0 left it: other names of folders and tables, and no version."""
    orders.load("orders")
    (orders.data_dir / "figures").mkdir()
    (orders.data_dir / "figures/v1.parquet").write_bytes(b"figures")
    with sqlite3.connect(orders.settings.alerts_path) as alerts:
        alerts.execute("create table told_by (event text, channel text, told_at text)")
        alerts.execute("insert into told_by values ('late/1', 'webhook', '2026-11-01')")
    return orders


def is_of_today(warehouse) -> bool:
    with sqlite3.connect(warehouse.settings.alerts_path) as alerts:
        events = alerts.execute("select event from reported_by").fetchall()
    return (
        layout.version_of(warehouse.settings) == layout.VERSION
        and events == [("late/1",)]
        and (warehouse.settings.metrics_dir / "v1.parquet").read_bytes() == b"figures"
        and not (warehouse.data_dir / "figures").exists()
    )


def test_an_older_data_dir_is_brought_up_once_with_a_copy_of_what_changed(old) -> None:
    assert layout.version_of(old.settings) == layout.FIRST
    layout.bring_up(old.settings)
    assert is_of_today(old)
    copy = old.data_dir / f"before-layout-{layout.VERSION}"
    with sqlite3.connect(copy / "alerts.sqlite") as alerts:
        assert alerts.execute("select event from told_by").fetchall() == [("late/1",)]
    assert (copy / "ledger.sqlite").exists()
    before = old.files()
    layout.bring_up(old.settings)
    assert old.files() == before


@pytest.mark.parametrize("point", ["layout.after_backup", "layout.mid_steps"])
def test_one_that_died_is_finished(old, monkeypatch, point: str) -> None:
    def die(name: str) -> None:
        if name == point:
            raise RuntimeError(name)

    monkeypatch.setattr(failpoints, "point", die)
    with pytest.raises(RuntimeError):
        layout.bring_up(old.settings)
    monkeypatch.undo()
    layout.bring_up(old.settings)
    assert is_of_today(old)


def test_one_of_a_newer_version_is_left_alone(orders) -> None:
    assert layout.version_of(orders.settings) == layout.VERSION  # nothing is there yet
    layout.bring_up(orders.settings)
    path = orders.data_dir / layout.FILE
    path.write_text(json.dumps({"layout": layout.VERSION + 1}))
    with pytest.raises(EngineError, match="newer version"):
        layout.bring_up(orders.settings)
    path.write_text("{")
    with pytest.raises(EngineError, match="damaged"):
        layout.bring_up(orders.settings)
