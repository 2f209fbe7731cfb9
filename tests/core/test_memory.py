"""How much memory the engine takes where no setting says so, and what is said where it runs out."""

import os
from pathlib import Path

import duckdb
import pytest

from journey.core import memory
from journey.core.settings import Settings
from journey.core.sizes import bytes_of

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.fixture
def limits(tmp_path: Path) -> tuple[Path, Path]:
    """Where a container's limits would be; neither is there."""
    return tmp_path / "v2", tmp_path / "v1"


def test_without_a_container_it_is_the_machine_s(limits: tuple[Path, Path]) -> None:
    assert memory.available(limits) == MACHINE


@pytest.mark.parametrize("version", [0, 1])
def test_a_container_that_has_less_says_how_much(limits: tuple[Path, Path], version: int) -> None:
    limits[version].write_text(f"{1 << 30}\n")
    assert memory.available(limits) == 1 << 30


@pytest.mark.parametrize("unlimited", ["max\n", f"{(1 << 63) - 4096}\n"])
def test_a_container_without_a_limit_has_the_machine_s(
    limits: tuple[Path, Path], unlimited: str
) -> None:
    limits[0].write_text(unlimited)
    assert memory.available(limits) == MACHINE


def test_a_limit_that_cannot_be_read_is_none(limits: tuple[Path, Path]) -> None:
    limits[0].mkdir()
    assert memory.available(limits) == MACHINE


def test_the_engine_takes_half_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 8 << 30)
    assert bytes_of(Settings.load().memory_limit) == 4 << 30
    monkeypatch.setattr(memory, "available", lambda: 1 << 20)
    assert bytes_of(Settings.load().memory_limit) == memory.SMALLEST


@pytest.mark.parametrize(
    ("said", "advised"),
    [
        ("Out of Memory Error: could not allocate block of size 256 KiB", memory.MORE_MEMORY),
        (
            "Out of Memory Error: failed to offload data block of size 256.0 KiB. This limit was "
            "set by the 'max_temp_directory_size' setting.",
            memory.MORE_ROOM,
        ),
        ("MemoryError: memory ran out", memory.LESS_FOR_DATABASE),
        ("[Errno 28] No space left on device", "make room"),
    ],
)
def test_where_memory_runs_out_the_setting_is_named_and_the_disk_where_spilling_fills_it(
    said: str, advised: str
) -> None:
    assert memory.advice(said, "make room") == advised


def test_what_the_database_says_is_known() -> None:
    """Fails where an upgrade of DuckDB says in another way that memory ran out."""
    with duckdb.connect(config={"memory_limit": "20MB", "temp_directory": ""}) as connection:
        with pytest.raises(duckdb.OutOfMemoryException) as raised:
            connection.execute("select len(list(range)) from range(30000000)")
        assert memory.advice(str(raised.value), "") == memory.MORE_MEMORY


def test_a_setting_is_what_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_MEMORY_LIMIT", "3GB")
    assert Settings.load().memory_limit == "3GB"
