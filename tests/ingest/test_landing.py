"""Path patterns: which files are a source's, and which day they were delivered on."""

import json
import os
import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey import ingest
from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.ingest.planning.landing import find_deliveries
from tests.ingest.conftest import TODAY, Warehouse


def found(warehouse, path: str) -> list[tuple]:
    source = warehouse.source("orders", path=path)
    return [
        (d.file_name, d.delivered_on, d.fault)
        for d in find_deliveries(warehouse.settings, source, TODAY)
    ]


@pytest.mark.parametrize(
    ("path", "name", "day"),
    [
        ("landing/a_{date}.csv", "a_2026-01-31.csv", date(2026, 1, 31)),
        ("landing/a_{date:%Y%m%d}.csv", "a_20260131.csv", date(2026, 1, 31)),
        ("landing/{date:%Y}/{date:%m}/{date:%d}/a.csv", "2026/01/31/a.csv", date(2026, 1, 31)),
        ("landing/{date:%Y-%m}/a_{date:%Y%m%d}.csv", "2026-01/a_20260131.csv", date(2026, 1, 31)),
        ("landing/a_{date:%Y%m%d%H}_*.csv", "a_2026013107_eu.csv", date(2026, 1, 31)),
        ("landing/a_{date:%Y-%j}.csv", "a_2026-031.csv", date(2026, 1, 31)),
        ("landing/**/a_{date:%d-%b-%Y}.csv", "eu/x/a_31-Jan-2026.csv", date(2026, 1, 31)),
        ("landing/a_{date:%Y-%m}.csv", "a_2026-02.csv", date(2026, 2, 28)),
        ("landing/a_{date:%Y}.csv", "a_2025.csv", date(2025, 12, 31)),
        ("landing/a (new) [1]_{date}.csv", "a (new) [1]_2026-01-31.csv", date(2026, 1, 31)),
        ("landing/a.csv", "a.csv", None),
        ("landing/*.csv", "a.csv", None),
    ],
)
def test_a_pattern_finds_its_file_and_date(warehouse, path: str, name: str, day) -> None:
    warehouse.deliver(name, "x")
    assert found(warehouse, path) == [(f"landing/{name}", day, None)]


def test_other_files_and_folders_are_left_alone(warehouse) -> None:
    for name in ("a_2026013.csv", "a_20260131.csv.part", ".a_20260131.csv", "b_20260131.csv"):
        warehouse.deliver(name, "x")
    (warehouse.data_dir / "landing" / "a_20260130.csv").mkdir()
    assert found(warehouse, "landing/a_{date:%Y%m%d}.csv") == []


def test_files_come_by_delivery_and_name(warehouse) -> None:
    for name in ("b_2026-01-02.csv", "a_2026-01-02.csv", "c_2026-01-01.csv"):
        warehouse.deliver(name, name)
    names = [name for name, *_ in found(warehouse, "landing/*_{date}.csv")]
    assert names == [
        "landing/c_2026-01-01.csv",
        "landing/a_2026-01-02.csv",
        "landing/b_2026-01-02.csv",
    ]


def test_a_date_that_is_none_is_reported(warehouse) -> None:
    warehouse.deliver("a_20261301.csv", "x")
    [(name, day, fault)] = found(warehouse, "landing/a_{date:%Y%m%d}.csv")
    assert day is None
    assert fault == "'2026 13 01' in its name is not a date; rename the file"
    assert name == "landing/a_20261301.csv"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("2026-03-02", "its name gives 2026-03-02, which is still to come; rename it or await"),
        ("9999-12-31", "its name gives 9999-12-31, which is still to come"),
        ("2009-12-31", "its name gives 2009-12-31, before the first day, 2010-01-01; rename"),
    ],
)
def test_a_date_on_which_nothing_is_delivered_is_reported(warehouse, told: str, words: str) -> None:
    warehouse.deliver(f"a_{told}.csv", "x")
    [(_, day, fault)] = found(warehouse, "landing/a_{date}.csv")
    assert day is None
    assert fault.startswith(words)


def test_a_name_with_two_dates_is_reported(warehouse) -> None:
    warehouse.deliver("2026-02/a_20260131.csv", "x")
    [(_, day, fault)] = found(warehouse, "landing/{date:%Y-%m}/a_{date:%Y%m%d}.csv")
    assert day is None
    assert "two different dates" in fault


def test_an_absolute_path_shows_no_folder_of_the_machine(warehouse, tmp_path) -> None:
    outside = tmp_path / "exports" / "eu"
    outside.mkdir(parents=True)
    (outside / "a_2026-01-31.csv").write_text("x")
    name, day, _ = found(warehouse, f"{tmp_path}/exports/*/a_{{date}}.csv")[0]
    assert (name, day) == ("eu/a_2026-01-31.csv", date(2026, 1, 31))


def test_an_address_in_a_name_is_not_shown_and_names_stay_apart(warehouse) -> None:
    for name in ("ada@example.test", "bob@example.test"):
        warehouse.deliver(f"for {name}/orders {name}.csv", name)
    names = [name for name, *_ in found(warehouse, "landing/*/*.csv")]
    assert len(set(names)) == 2
    for name in names:
        assert re.fullmatch(r"landing/for \[address\]/orders \[address\]-[0-9a-f]{6}", name)


def test_an_unknown_directive_is_a_configuration_error(warehouse) -> None:
    with pytest.raises(ConfigurationError, match=r"source 'orders'.*'%Q' is not known"):
        found(warehouse, "landing/a_{date:%Q}.csv")


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "parquet"])
def test_a_name_with_wildcards_is_one_file(warehouse, suffix: str) -> None:
    """DuckDB takes `[1]`, `?` and `*` in a path for patterns: its neighbours would be read too. At
    a backslash it parts folders, where there is a pattern."""
    warehouse.source("orders", path=f"landing/*.{suffix}")
    names = ["h1", "h[1]", "hx", "h?", "h*", "h{1}", "h'1", "h%31"]
    names += ["h\\1", "h\\[1]", "h\\?", "h\\*", "\\h", "h\\", "h\\\\1"]
    for number, name in enumerate(names):
        row = {"order_id": f"o{number}", "ordered_at": "2026-02-01 10:00:00", "currency": "GBP"}
        row |= {"customer_id": "c", "net_amount": "1.00"}
        path = warehouse.deliver(f"{name}.{suffix}", "")
        if suffix == "csv":
            path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
        elif suffix == "parquet":
            pq.write_table(pa.Table.from_pylist([row]), path)
        else:
            path.write_text(json.dumps([row] if suffix == "json" else row))
    pending = warehouse.load("orders")
    assert pending.counts()["loaded"] == len(names)
    assert pending.counts()["duplicate"] == 0
    rows = {number for (number,) in warehouse.rows("orders", "order_id")}
    assert rows == {f"o{number}" for number in range(len(names))}


def test_the_name_of_a_data_dir_is_no_pattern(tmp_path, monkeypatch) -> None:
    """Nor is it one to DuckDB, where the rows of earlier loads are read again."""
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "a key for tests, long enough to be one")
    for place in ("shop?", "shop1", "shop[1]", "shop*"):
        shop = Warehouse(tmp_path / place / "data")
        shop.source("orders", path="landing/orders_{date}.csv")
        header = "order_id,ordered_at,customer_id,net_amount,currency\n"
        for day in (1, 2):
            row = f"{place},2026-02-01 10:00:00,c,{day}.00,GBP\n"
            shop.deliver(f"orders_2026-02-0{day}.csv", header + row)
            assert shop.load("orders").counts()["delivered"] == 1
        assert sorted(shop.rows("orders", "order_id")) == [(place,), (place,)]
        assert ingest.row_count(shop.settings, "orders") == 2


def test_a_data_dir_with_a_backslash_in_its_path_is_rejected_before_anything_is_done(
    tmp_path,
) -> None:
    """DuckDB makes no file there, which each file would have been blamed for."""
    with pytest.raises(ConfigurationError, match="has a backslash in it"):
        Settings.load(None, tmp_path / "shop\\1" / "data")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_utf_8_or_steers_a_terminal_is_shown_escaped(warehouse) -> None:
    warehouse.source("orders", path="landing/*")
    row = "order_id,ordered_at,customer_id,net_amount,currency\no{},2026-02-01,c,1.00,GBP\n"
    folder = warehouse.data_dir / "landing"
    folder.mkdir(parents=True)
    names = [b"caf\xe9.csv", b"caf\xe8.csv", b"red\x1b[31m.csv", b"two\nlines.csv"]
    for number, name in enumerate(names):
        (Path(os.fsdecode(bytes(folder) + b"/" + name))).write_text(row.format(number))
    for loaded in (len(names), 0):  # known again the second time
        assert warehouse.load("orders").counts()["loaded"] == loaded
    shown = [name for (name,) in warehouse.rows("orders", "file_name")]
    assert len(set(shown)) == len(names)
    assert all(name.isprintable() and name.isascii() for name in shown)
