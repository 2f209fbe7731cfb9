"""docs/performance.md is what docs/performance.json says."""

from pathlib import Path

import pytest

from tests.bench import page


def test_the_page_is_made_of_the_results() -> None:
    """Both are written by `make bench` with `--record`, and neither by hand."""
    shown = page.PAGE.read_text(encoding="utf-8") if page.PAGE.exists() else None
    assert shown == (page.page(page.recorded()) if page.RESULTS.exists() else None)


def test_a_bench_takes_the_place_of_the_last_one_of_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "RESULTS", tmp_path / "performance.json")
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    for size in (400_000, 100_000, 101_000):
        page.record(of_size(size, 5.0))
    assert [one["touchpoints"] for one in page.recorded()] == [101_000, 400_000]
    assert page.PAGE.read_text(encoding="utf-8") == page.page(page.recorded())


def of_size(touchpoints: int, seconds: float) -> dict:
    run = {"seconds": seconds, "steps": [{"name": "gate", "processor_seconds": 2 * seconds}]}
    run["steps"][0]["peak_gb"] = 0.5
    smallest = {"seconds": 1.0, "steps": [{**run["steps"][0], "processor_seconds": 2.0}]}
    runs = ("first", "day", "rebuild")
    return {
        "measured_on": "2026-11-30",
        "commit": "abc",
        "machine": {"cores": 2, "memory_gb": 8},
        "memory_limit": "4GB",
        "days": 120,
        "floor_seconds": 3.0,
        "touchpoints": touchpoints,
        "touchpoints_changed": touchpoints // 20,
        "people": touchpoints // 50,
        "people_changed": touchpoints // 1000,
        "runs": dict.fromkeys(runs, run),
        "smallest": dict.fromkeys(runs, smallest),
    }


def test_costs_of_two_sizes_show_how_they_grow() -> None:
    """Four times the rows at sixteen times the cost beyond the smallest shop: exponent 2."""
    found = page.page([of_size(100_000, 2.0), of_size(400_000, 17.0)])
    assert "| 100,000 | 400,000 | 2.00 | 2.00 | 2.00 |" in found
    assert "costs 100% of the rebuild" in found
    assert "costs 10.7 times that" in found
