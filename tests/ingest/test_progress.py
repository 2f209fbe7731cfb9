"""How far a load is: a line now and then, by files and bytes, on a terminal one that moves."""

import io
import logging
import re
from datetime import date

import pytest
from rich.console import Console

from journey import ingest
from journey.cli.console import CLEARED, _Lines
from journey.core.log import logger
from journey.ingest import progress, trial
from tests.ingest.rows import csv_of, good

LINE = re.compile(r"source 'orders': (\d) of 3 files read, ([\d.]+) MB of 3.0 MB, for \d+ s")


@pytest.fixture
def orders(warehouse, monkeypatch: pytest.MonkeyPatch):
    """Three files that no statement reads together: each has other columns."""
    monkeypatch.setattr(progress, "SECONDS", 0.005)
    warehouse.source("orders")
    for number in range(3):
        extra = {"coupon": "A" * 1_000_000, "tax_amount": "1", "channel_hint": "b"}
        more = dict(list(extra.items())[: number + 1])
        warehouse.deliver(f"orders/{number}.csv", csv_of([good("orders", **more)]))
    return warehouse


def test_a_load_says_how_many_files_and_bytes_it_has_read(orders, caplog) -> None:
    with caplog.at_level("INFO", "journey"):
        orders.load("orders")
    lines = [m for m in caplog.messages if "read, " in m]
    found = [LINE.fullmatch(line) for line in lines]
    assert lines
    assert all(found), lines[:1]
    moved = [(int(m[1]), float(m[2])) for m in found if m]
    assert moved == sorted(moved)
    assert len({files for files, _ in moved}) > 1
    assert len({size for _, size in moved}) > 1


def test_a_check_does_not_take_it_for_something_to_see_to(orders) -> None:
    [found] = trial.check(orders.settings, orders.settings.sources, rows=9, today=date(2026, 3, 1))
    assert found.notes == []


def shown(*, is_terminal: bool, is_done: bool = True) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=40, highlight=False)
    lines = _Lines(console)
    said = [("1 of 3 files " + "x" * 60, True), ("2 of 3", True), ("ok", False)]
    for words, is_moving in said if is_done else said[:2]:
        record = logging.LogRecord(logger.name, logging.INFO, "", 0, words, None, None)
        record.step, record.is_moving = "raw/orders", is_moving
        lines.emit(record)
    lines.clear()
    return out.getvalue()


def test_on_a_terminal_it_is_one_line_that_moves() -> None:
    first, second, last = shown(is_terminal=True).split(CLEARED)
    assert "1 of 3 files" in first
    assert "\n" not in first + second  # nor is it longer than the terminal is wide
    assert len(first) < 40
    assert last.endswith("ok\n")


def test_what_follows_a_run_that_ended_within_a_load_has_a_line_of_its_own() -> None:
    assert shown(is_terminal=True, is_done=False).endswith(CLEARED)


def test_files_are_counted_while_the_line_is_made(orders) -> None:
    """By a thread of its own, which looks at what had been read then."""
    deliveries = ingest.plan(orders.settings, today=date(2026, 3, 1))
    counted = progress.Progress("raw/orders", "orders", deliveries)
    seen = iter(counted._done)
    counted.count(deliveries)
    assert list(seen) == []
    assert len(counted._done) == 3


def test_elsewhere_each_is_a_line_of_its_own() -> None:
    lines = shown(is_terminal=False).splitlines()
    assert CLEARED not in "".join(lines)
    assert [words in line for words, line in zip(("1 of 3", "2 of 3"), lines[::2], strict=False)]
    assert lines[-1].endswith("ok")
