"""No row of a delivery can fail a run: what is wrong with a row costs the row.

Every kind is delivered with rows that break its contract in every way, and with hostile values in
every column; the gate judges what is left. A delivery of which nothing is left is judged by none.
"""

from pathlib import Path

import pytest

from journey.checks import blocking_failures, validate_raw
from journey.core.settings import KINDS
from journey.ingest.contracts import read_contract
from tests.ingest.conftest import EMAIL_KEY, Warehouse
from tests.ingest.rows import BROKEN, csv_of, good

HOSTILE = (
    "ann@shop.example", "Ann <ann@shop.example>", "ann%40shop.example", "ann@b.cd@e.fg",
    "-@shop.example", "🎉@shop.example", "undefined", "NULL", "0", "-1", "7.0", "1e400", "NaN",
    "Infinity", "-0.001", "99999999999999999999", "0001-01-01", "9999-12-31", "2026-02-30",
    "İstanbul", "ẞ", "ǅ", "🎉", "---", " ", "\u200b", "{", "[" * 200, "x" * 5000, "'; drop",
    "a\tb", "</script>",
)  # fmt: skip


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    return Warehouse(tmp_path / "data")


def key_of(kind: str) -> str:
    return read_contract(kind).key[-1]


def broken_rows(kind: str) -> list[dict[str, str]]:
    """A row for each reason of the contract."""
    return [
        good(kind, **{key_of(kind): f"broken {number}"} | changes)
        for number, changes in enumerate(BROKEN[kind].values())
    ]


def hostile_rows(kind: str) -> list[dict[str, str]]:
    """Every value in every column, one a row."""
    return [
        good(kind, **{key_of(kind): f"{column} {number}"} | {column: value})
        for column in read_contract(kind).delivered_names
        for number, value in enumerate(HOSTILE)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_no_row_fails_a_run(warehouse: Warehouse, kind: str) -> None:
    rows = [good(kind), good(kind, **{key_of(kind): "second"})]
    columns = read_contract(kind).delivered_names
    header = dict.fromkeys(columns, "")
    rows = [header | row for row in [*rows, *broken_rows(kind), *hostile_rows(kind)]]
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.csv", csv_of(rows))
    warehouse.deliver(f"{kind}/b.jsonl", rows)
    with warehouse.prepare(kind) as pending:
        assert pending.rejected == []
        assert pending.counts()["quarantined"] > len(BROKEN[kind])
        assert blocking_failures(validate_raw(warehouse.settings, pending)) == []
        pending.commit()


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_of_broken_rows_alone_is_judged_by_no_check(
    warehouse: Warehouse, kind: str
) -> None:
    rows = broken_rows(kind)
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.jsonl", rows)
    with warehouse.prepare(kind) as pending:
        assert pending.counts()["quarantined"] == len(rows)
        assert validate_raw(warehouse.settings, pending) == []
