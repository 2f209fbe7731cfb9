"""What the lines of a file are is decided by its bytes, and every one of them is accounted for."""

import json
from dataclasses import replace

import pytest

from journey.ingest import source_files
from journey.ingest.read import inspection
from tests.ingest.rows import csv_of, good

ROWS = [good("orders", order_id=f"o{number}") for number in range(1, 11)]
LINES = [json.dumps(row) for row in ROWS]
CSV = csv_of(ROWS).splitlines()


def load(warehouse, name: str, content: str):
    warehouse.source("orders")
    warehouse.deliver(f"orders/{name}", content.encode())
    (result,) = warehouse.load("orders").results
    return result


def last_row(warehouse) -> int:
    return max(row for (row,) in warehouse.rows("orders", "file_row"))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_in_any_way(warehouse, ends: str, last: bool) -> None:
    for number, lines in enumerate((LINES, CSV)):
        name = ("a.jsonl", "b.csv")[number]
        result = load(warehouse, name, ends.join(lines) + ends * last)
        assert (result.delivered, result.loaded + result.duplicate) == (10, 10)
    assert last_row(warehouse) == 10


@pytest.mark.parametrize("at", [0, 4, 9])
def test_lines_may_end_in_several_ways(warehouse, at: int) -> None:
    content = "\n".join([*LINES[:at], "\r\n".join(LINES[at:])])
    assert load(warehouse, "a.jsonl", content).loaded == 10
    assert last_row(warehouse) == 10


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r\r\n"])
@pytest.mark.parametrize("count", [1, 2, 10])
@pytest.mark.parametrize("last", ["\r", "\n\r", "\r\n\r", "\r\r", "\n\r\r"])
def test_a_line_feed_may_be_cut_off(warehouse, ends: str, count: int, last: str) -> None:
    result = load(warehouse, "a.jsonl", ends.join(LINES[:count]) + last)
    assert (result.reason, result.delivered, result.loaded) == (None, count, count)
    if last in ("\r", "\r\n\r"):
        result = load(warehouse, "b.csv", ends.join(CSV[: count + 1]) + last)
        assert (result.reason, result.delivered, result.duplicate) == (None, count, count)
    assert last_row(warehouse) == count


def test_a_carriage_return_within_a_record_is_a_blank(warehouse) -> None:
    lines = [LINES[0].replace(", ", ",\r"), *LINES[1:]]
    result = load(warehouse, "a.jsonl", "\n".join(lines))
    assert (result.delivered, result.loaded) == (10, 10)


@pytest.mark.parametrize("line", ["\x01", "\x01\x02", "\ufdd2", "\x00", "\x1f", '"'])
def test_a_line_of_any_sign_is_counted(warehouse, line: str) -> None:
    """Whatever a parser may take it for, it is a line."""
    result = load(warehouse, "a.jsonl", "\n".join([*LINES[:3], line, *LINES[3:]]))
    assert (result.delivered, result.loaded) == (11, 10)
    assert result.quarantine_reasons == {"unparseable": 1}


def test_a_line_that_was_not_read_rejects_its_file(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspect = source_files.inspect

    def counts_one_more(*given):
        found = inspect(*given)
        return replace(found, lines=found.lines + 1)

    monkeypatch.setattr(source_files, "inspect", counts_one_more)
    result = load(warehouse, "a.jsonl", "\n".join(LINES))
    assert result.status == "rejected"
    assert "it has 11 lines and 10 could be read" in result.reason


def test_a_line_with_returns_is_never_held_beyond_what_may_be_read(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "LONGEST_LINE", 10)
    result = load(warehouse, "a.csv", "\n".join([CSV[0], CSV[1] + "\r", *CSV[2:]]) + "\r")
    assert result.status == "rejected"
    assert "one of its lines has" in result.reason
