"""The same arguments give the same bytes, whatever the machine; other arguments give others."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from demo import simulate, writers
from demo.simulation import yesterday
from journey.core.errors import ConfigurationError

END_DATE = date(2026, 3, 1)  # the window crosses months


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def demo(folder: Path, people: int = 300, days: int = 60, seed: int = 3) -> dict[str, str]:
    simulate(folder, people, days, seed, END_DATE)
    return digests(folder)


def test_same_arguments_give_the_same_bytes(tmp_path, monkeypatch):
    first = demo(tmp_path / "first")
    # Neither the number of processors nor the size of the slices may matter.
    monkeypatch.setattr(writers.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(writers, "CHUNK_ROWS", 777)
    assert demo(tmp_path / "second") == first


def test_another_seed_gives_other_bytes(tmp_path):
    first, second = demo(tmp_path / "first"), demo(tmp_path / "second", seed=4)
    same = [name for name in first if first[name] == second.get(name)]
    assert same == []


def test_default_window_ends_yesterday(tmp_path):
    summary = simulate(tmp_path, people=20, days=10)
    assert summary.last in (yesterday(), yesterday() - timedelta(days=1))
    assert summary.first == summary.last - timedelta(days=9)


def test_summary_counts_what_lies_in_the_folder(tmp_path):
    summary = simulate(tmp_path, people=200, days=40, seed=1, end_date=END_DATE)
    files = [path for path in tmp_path.rglob("*") if path.parent != tmp_path and path.is_file()]
    assert sum(summary.files.values()) == len(files)
    assert summary.size == sum(path.stat().st_size for path in files)
    assert summary.rows["site"] == sum(
        len(path.read_text().splitlines()) for path in tmp_path.glob("segment/*")
    )


@pytest.mark.parametrize(("people", "days"), [(1, 1), (1, 120), (3, 2), (40, 7), (25, 400)])
def test_small_and_odd_windows_work(tmp_path, people, days):
    summary = simulate(tmp_path, people, days, seed=1, end_date=END_DATE)
    assert summary.rows["site"] >= people
    assert (tmp_path / "ground_truth.json").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_another_demo_in_the_same_folder_replaces_the_first(tmp_path):
    own = tmp_path / "segment" / "events_of_ours.jsonl"
    simulate(tmp_path, people=50, days=30, end_date=END_DATE)
    own.write_text("{}\n")
    simulate(tmp_path, people=50, days=5, end_date=END_DATE)
    assert len(list(tmp_path.glob("segment/events_2*.jsonl"))) <= 5
    assert own.exists()


@pytest.mark.parametrize(("people", "days", "seed"), [(0, 10, 1), (10, 0, 1), (10, 10, -1)])
def test_senseless_arguments_are_rejected(tmp_path, people, days, seed):
    with pytest.raises(ConfigurationError, match="simulate"):
        simulate(tmp_path, people, days, seed)
