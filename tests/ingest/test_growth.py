"""What a large file costs grows with its size alone, however many of its rows are bad.

Measured as processor time of one size against that of another, with room for a busy machine: what
held each of the bad rows against each row would take TIMES as long again.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from journey.ingest.read.reading import Reading
from journey.ingest.session import Session
from tests.ingest.order_lines import COLUMNS
from tests.ingest.rows import csv_of, good

SMALL, TIMES = 2_000, 8
KEPT = 1_000


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
    spent: list[float] = []
    set_aside = Reading.set_aside

    def timed(self: Reading, rows: str) -> None:
        took = []
        for _ in range(3):
            begun = time.process_time()
            self.connection.execute(f"select count(*) from ({rows})").fetchall()
            took.append(time.process_time() - begun)
        spent.append(min(took))
        set_aside(self, rows)

    monkeypatch.setattr(Reading, "set_aside", timed)
    warehouse.source("orders", "mapped", columns=COLUMNS, group_by=["order_id"])
    for orders in (SMALL, SMALL * TIMES):
        warehouse.deliver(f"orders/{orders}.{container}", grouped(container, orders))
        (result,) = warehouse.load("orders").results
        assert result.quarantine_reasons["record_incomplete"] > orders / 2
    small, large = spent
    assert large < 2.5 * TIMES * small


def test_rows_that_go_are_looked_for_among_the_kept_without_gathering_these(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    execute = Session.execute

    def explained(self: Session, query: str, *given):
        if query.startswith("delete from without_key where _key_hash in (\n"):
            plan = execute(self, f"explain (analyze, format json) {query}").fetchall()[0][1]
            plans.append(json.loads(plan)["operator"])
        return execute(self, query, *given)

    monkeypatch.setattr(Session, "execute", explained)
    warehouse.source("orders")
    many = [good("orders", order_id=f"kept{number}") for number in range(KEPT)]
    few = [good("orders", order_id=f"o{number}") for number in range(3)]
    warehouse.deliver("orders/a.csv", csv_of(many))
    warehouse.deliver("orders/b.csv", csv_of(few))
    warehouse.load("orders")
    warehouse.deliver("orders/b.csv", csv_of(few[1:]))
    assert [gone.rows for gone in warehouse.load("orders").withdrawn] == [1]
    (plan,) = plans
    gathered = [
        operator["children"][-1]["intermediate_rows"]
        for operator in operators(plan)
        if "JOIN" in operator["type"] or "GROUP" in operator["type"]
    ]
    assert gathered
    assert max(gathered) < KEPT / 10
