"""The ledger's account as the table that data_quality is made of."""

from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from journey import ingest
from journey.core import database
from journey.ingest import quality as quality_table
from tests.ingest.rows import csv_of, good


@dataclass(frozen=True)
class Outcome:
    """What validation gives: more than the ledger keeps."""

    asset: str = "raw/orders"
    suite: str = "raw.orders"
    check_name: str = "Every order has a key"
    severity: str = "critical"
    is_passed: bool = True
    observed: float | None = 0.0
    expected: str = "order_id is given"
    unexpected_count: int | None = 0
    element_count: int | None = 3
    detail: str = ""


@pytest.fixture
def loaded(warehouse):
    warehouse.source("orders", path="landing/orders_{date}.csv")
    warehouse.source("refunds", path="landing/refunds_{date}.csv")
    warehouse.deliver("orders_2026-02-05.csv", csv_of([good("orders", ordered_at="2026-02-05")]))
    rows = [good("refunds", refunded_at="2026-02-01"), good("refunds", amount="x")]
    warehouse.deliver("refunds_2026-02-01.csv", csv_of(rows))
    warehouse.deliver("refunds_2026-02-02.csv", "")
    warehouse.load("orders")
    warehouse.load("refunds")
    ingest.record_checks(
        warehouse.settings, "run 2", [Outcome(), Outcome(is_passed=False, detail="3 rows")]
    )
    return warehouse


def quality(warehouse, columns: str, where: str) -> list[tuple]:
    path = warehouse.settings.run_dir / "quality.parquet"
    ingest.export_quality(warehouse.settings, path, "run 2")
    return warehouse.query(f"select {columns} from '{path}' where {where} order by all")


def test_deliveries_are_counted_by_run_and_source(loaded) -> None:
    columns = "run_id, asset, source, check_name, is_passed, severity, observed, detail"
    rows = quality(loaded, columns, "check_kind = 'delivery' and source = 'refunds'")
    place = ("run 2", "raw/refunds", "refunds")
    rejected = "landing/refunds_2026-02-02.csv"
    assert rows == [
        (*place, "delivered", True, "info", 2.0, ""),
        (*place, "duplicate", True, "info", 0.0, ""),
        (*place, "files", True, "info", 2.0, ""),
        (*place, "loaded", True, "info", 1.0, ""),
        (*place, "quarantined", True, "info", 1.0, ""),
        (*place, "rejected_files", False, "warning", 1.0, "rejected: " + rejected),
        (*place, "restated", True, "info", 0.0, ""),
    ]


def test_quarantine_is_counted_by_reason(loaded) -> None:
    columns = "run_id, source, check_name, is_passed, severity, observed, detail"
    assert quality(loaded, columns, "check_kind = 'quarantine'") == [
        ("run 2", "refunds", "amount_not_a_number", False, "warning", 1.0, "in 1 file")
    ]


def test_expectations_are_passed_on(loaded) -> None:
    columns = "run_id, asset, source, check_name, severity, is_passed, observed, detail"
    same = ("run 2", "raw/orders", None, "Every order has a key", "critical")
    assert quality(loaded, columns, "check_kind = 'expectation'") == [
        (*same, False, 0.0, "3 rows"),
        (*same, True, 0.0, "order_id is given"),
    ]
    checks = ingest.checks_of(loaded.settings, "run 2")
    assert [check.is_passed for check in checks] == [True, False]
    assert ingest.checks_of(loaded.settings, "run 1") == []


def test_freshness_is_counted_from_the_latest_event_of_all(loaded) -> None:
    columns = "run_id, asset, source, check_name, is_passed, observed, detail"
    assert quality(loaded, columns, "check_kind = 'freshness'") == [
        ("run 2", "raw/orders", "orders", "days_behind_latest_event", True, 0.0,
         "latest event on 2026-02-05"),
        ("run 2", "raw/refunds", "refunds", "days_behind_latest_event", False, 4.0,
         "latest event on 2026-02-01"),
    ]  # fmt: skip


def test_the_table_has_its_columns_also_without_a_load(warehouse) -> None:
    rows = quality(warehouse, "*", "true")
    assert rows == []
    described = warehouse.query(f"describe from '{warehouse.settings.run_dir}/quality.parquet'")
    assert [(row[0], row[1]) for row in described] == [
        ("run_id", "VARCHAR"), ("run_at", "TIMESTAMP"), ("check_kind", "VARCHAR"),
        ("asset", "VARCHAR"), ("source", "VARCHAR"), ("check_name", "VARCHAR"),
        ("severity", "VARCHAR"), ("is_passed", "BOOLEAN"), ("observed", "DOUBLE"),
        ("detail", "VARCHAR"),
    ]  # fmt: skip


def test_the_history_is_written_in_one_go(loaded, monkeypatch) -> None:
    ingest.record_checks(loaded.settings, "run 2", [Outcome(observed=None)] * 3000)
    statements = []

    class Watched:
        """A connection that says what it is asked."""

        def __init__(self, connection) -> None:
            self.connection = connection

        def __getattr__(self, name: str):
            statements.append(name)
            return getattr(self.connection, name)

    @contextmanager
    def connect(settings):
        with database.connect(settings) as connection:
            yield Watched(connection)

    monkeypatch.setattr(quality_table, "database", SimpleNamespace(connect=connect))
    where = "check_kind = 'expectation' and observed is null"
    assert quality(loaded, "count(*), min(run_at) > '2000-01-01'", where) == [(3000, True)]
    assert "executemany" not in statements
    assert len(statements) < 10


def test_no_value_of_a_row_is_in_the_table(loaded) -> None:
    path = loaded.settings.run_dir / "quality.parquet"
    quality(loaded, "1", "true")
    assert b"'x'" not in path.read_bytes()
