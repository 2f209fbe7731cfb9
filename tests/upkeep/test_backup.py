"""A backup is whole, a restored warehouse goes on as before, and what is torn is said."""

import json
import os
import shutil

import pytest

from journey.core.errors import ConfigurationError, DataError
from journey.core.paths import Places
from journey.upkeep import backup
from tests.ingest.conftest import planned


def published(orders) -> None:
    """A version, as far as links and files are concerned."""
    version = orders.data_dir / "published/versions/20261121T020000Z-abc"
    version.mkdir(parents=True)
    (version / "journey.duckdb").write_bytes(b"marts")
    (orders.data_dir / "published/current").symlink_to("versions/20261121T020000Z-abc")
    (orders.data_dir / "published/current.duckdb").symlink_to("current/journey.duckdb")


def state_of(folder) -> dict[str, object]:
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or (path.is_file() and not path.name.startswith("ledger.sqlite"))
    }


def test_a_restored_warehouse_is_what_was_backed_up(orders, tmp_path) -> None:
    orders.load("orders")
    published(orders)
    for name in ("warehouse.duckdb", "logs/run.log", "run/settings.parquet", "state/state.json"):
        path = orders.data_dir / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("made again")
    landing = orders.data_dir / "landing"
    os.link(landing / "orders_2026-02-01.csv", landing / "linked.csv")
    orders.settings.config_file.write_text("sources = []\n")
    rows, files = orders.rows("orders"), state_of(orders.data_dir)
    made = backup.back_up(orders.settings, tmp_path / "backups")
    assert not [p for p in made.folder.rglob("*") if p.name in ("warehouse.duckdb", "run.log")]
    shutil.rmtree(orders.data_dir)
    backup.restore(orders.settings, made.folder)
    left_out = ("warehouse.duckdb", "logs/", "run/", "state/", "spill/", ".writer.lock")
    restored = state_of(orders.data_dir)
    kept = {name: what for name, what in files.items() if not name.startswith(left_out)}
    assert {name: what for name, what in restored.items() if not name.startswith("spill/")} == kept
    assert orders.rows("orders") == rows
    assert planned(orders) == []
    one, other = (os.stat(landing / name) for name in ("orders_2026-02-01.csv", "linked.csv"))
    assert one.st_ino == other.st_ino
    assert (orders.data_dir / "published/current.duckdb").read_bytes() == b"marts"


def test_a_load_that_comes_in_between_is_copied_whole(orders, tmp_path, monkeypatch) -> None:
    orders.load("orders")
    copy, loads = backup._copy_tree, []

    def copy_while_a_run_loads(*given) -> None:
        copy(*given)
        if not loads:
            (orders.data_dir / "landing/orders_2026-02-03.csv").write_bytes(
                (orders.data_dir / "landing/orders_2026-02-01.csv")
                .read_bytes()
                .replace(b"2026-02-01", b"2026-02-03")
            )
            loads.append(orders.load("orders"))

    monkeypatch.setattr(backup, "_copy_tree", copy_while_a_run_loads)
    made = backup.back_up(orders.settings, tmp_path / "backups")
    rows = orders.rows("orders")
    shutil.rmtree(orders.data_dir)
    backup.restore(orders.settings, made.folder)
    assert orders.rows("orders") == rows
    assert planned(orders) == []


def test_what_is_torn_or_in_the_way_is_said_and_nothing_is_changed(orders, tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="nothing to back up"):
        backup.back_up(orders.settings, tmp_path / "backups")
    orders.load("orders")
    with pytest.raises(ConfigurationError, match="outside of the data dir"):
        backup.back_up(orders.settings, orders.data_dir / "backups")
    made = backup.back_up(orders.settings, tmp_path / "backups")
    with pytest.raises(ConfigurationError, match="there is a warehouse"):
        backup.restore(orders.settings, made.folder)
    elsewhere = Places(tmp_path / "elsewhere", tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigurationError, match="no backup"):
        backup.restore(elsewhere, tmp_path)
    torn = next(made.folder.rglob("orders_2026-02-01.csv"))
    torn.write_bytes(torn.read_bytes().replace(b"o", b"0", 1))
    with pytest.raises(DataError, match=r"1 files.*landing/orders_2026-02-01\.csv.*another backup"):
        backup.restore(elsewhere, made.folder)
    assert not elsewhere.data_dir.exists()
    note = made.folder / backup.NAME
    content = json.loads(note.read_text())
    note.write_text(json.dumps(content | {"format": 99}))
    with pytest.raises(ConfigurationError, match="newer version"):
        backup.restore(elsewhere, made.folder)
