"""Path patterns: which files are a source's, and which day they were delivered on."""

import re
from datetime import date

import pytest

from journey.core.errors import ConfigurationError
from journey.ingest.landing import find_deliveries
from tests.ingest.conftest import TODAY


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


def test_a_date_that_is_none_is_told(warehouse) -> None:
    warehouse.deliver("a_20261301.csv", "x")
    [(name, day, fault)] = found(warehouse, "landing/a_{date:%Y%m%d}.csv")
    assert day is None
    assert fault == "'2026 13 01' in its name is not a date; rename the file"
    assert name == "landing/a_20261301.csv"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("2026-03-02", "its name tells 2026-03-02, which is still to come; rename it or await"),
        ("9999-12-31", "its name tells 9999-12-31, which is still to come"),
        ("2009-12-31", "its name tells 2009-12-31, before the first day, 2010-01-01; rename"),
    ],
)
def test_a_date_on_which_nothing_is_delivered_is_told(warehouse, told: str, words: str) -> None:
    warehouse.deliver(f"a_{told}.csv", "x")
    [(_, day, fault)] = found(warehouse, "landing/a_{date}.csv")
    assert day is None
    assert fault.startswith(words)


def test_a_name_that_tells_two_dates_is_told(warehouse) -> None:
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
