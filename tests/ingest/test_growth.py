"""What a large file costs grows with its size alone, however many of its rows are bad.

Counted in rows that pass through the database's operators: processor time is another each time.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from journey.ingest.read.reading import Reading
from tests.ingest.rows import csv_of
from tests.ingest.test_whole_records import COLUMNS

SMALL, TIMES = 300, 4
PAIRWISE = ("NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN", "CROSS_PRODUCT")


def operators(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for operator in plan:
        yield operator
        yield from operators(operator.get("children", []))


def is_cut(number: int) -> bool:
    return number % 5 == 4


def grouped(container: str, orders: int) -> str:
    """Orders of three lines each; of every fifth line some of it is lost."""
    rows = [
        {"id": f"o{number // 3}", "day": "2026-02-01", "who": "c1", "price": "2.00"}
        for number in range(orders * 3)
    ]
    lines = csv_of(rows).splitlines() if container == "csv" else list(map(json.dumps, rows))
    return "\n".join(line[:-15] if is_cut(n) else line for n, line in enumerate(lines)) + "\n"


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_bad_rows_of_grouped_files_cost_as_much_as_they_are_many(
    warehouse, monkeypatch: pytest.MonkeyPatch, container: str
) -> None:
    passed: list[int] = []
    names: set[str] = set()
    set_aside = Reading.set_aside

    def explained(self: Reading, rows: str) -> None:
        query = f"explain (analyze, format json) select * from ({rows})"
        plan = json.loads(self.connection.execute(query).fetchall()[0][1])
        found = list(operators(plan["operator"]))
        passed.append(sum(operator["intermediate_rows"] for operator in found))
        names.update(operator["type"] for operator in found)
        set_aside(self, rows)

    monkeypatch.setattr(Reading, "set_aside", explained)
    warehouse.source("orders", "mapped", columns=COLUMNS, group_by=["order_id"])
    for orders in (SMALL, SMALL * TIMES):
        warehouse.deliver(f"orders/{orders}.{container}", grouped(container, orders))
        (result,) = warehouse.load("orders").results
        assert result.quarantine_reasons["record_incomplete"] > orders / 2
    small, large = passed
    assert large < 1.5 * TIMES * small
    assert not names & set(PAIRWISE)
