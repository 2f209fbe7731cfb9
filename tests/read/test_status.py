"""What `journey status` shows: an empty warehouse, a published run, a failed one."""

import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.cli import console
from journey.core.checks import Check
from journey.core.lock import writer_lock
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import FileResult, LoadRecord
from journey.read.status import read_status

CONFIG = """
[[sources]]
name = "site"
kind = "web_events"
format = "ga4"
path = "landing/ga4/{date}.parquet"

[[sources]]
name = "shop"
kind = "orders"
format = "shopify"
path = "landing/shop/{date}.json"

[[sources]]
name = "desk"
kind = "support_tickets"
format = "canonical"
path = "landing/desk/{date}.csv"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text(CONFIG)
    return Settings.load(config, tmp_path / "data")


def delivered(source: str, kind: str, day: int, **given: object) -> FileResult:
    on = date(2026, 11, day)
    values = {
        "source": source,
        "kind": kind,
        "file_name": f"landing/{source}/{on}.json",
        "sha256": f"{source}{day}",
        "delivered_on": on,
        "status": "loaded",
        "fingerprint": "f",
        "records": 10,
        "delivered": 10,
        "loaded": 10,
        "first_event_date": on,
        "last_event_date": on,
    }
    return FileResult(**(values | given))


def commit(ledger: Ledger, kind: str, results: list[FileResult]) -> None:
    ledger.commit(LoadRecord(kind, 1, "run-1", "2026-11-22T02:00:00.000000", results))


def check(*, is_passed: bool, severity: str = "critical") -> Check:
    return Check(
        asset="raw/orders",
        check_name="every_order_has_an_amount",
        severity=severity,
        is_passed=is_passed,
        observed=1.0,
        expected="Every order has an amount",
        unexpected_count=1,
        element_count=10,
        detail="1 row breaks it, of 10.",
    )


def keep_rows(settings: Settings, kind: str, source: str, rows: int) -> None:
    folder = settings.raw_dir / kind / "event_date=2026-11-21"
    folder.mkdir(parents=True)
    duckdb.sql(f"copy (from range({rows})) to '{folder / source}-1-1_0.parquet' (format parquet)")


def publish_run(settings: Settings, run_id: str) -> publish.Version:
    if not settings.warehouse_path.exists():
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute("create schema marts; create table marts.people as select 1 as one")
    return publish.publish(
        settings,
        marts=["people"],
        run_id=run_id,
        as_of=datetime(2026, 11, 22, tzinfo=UTC),
        checks=[],
    )


def test_an_empty_warehouse_has_sources_and_nothing_else(settings: Settings) -> None:
    status = read_status(settings)
    assert status.current is None
    assert status.last_run is None
    assert [line.source for line in status.sources] == ["site", "shop", "desk"]
    assert all(line.last_event_date is None for line in status.sources)
    assert not settings.ledger_path.exists()


def test_a_published_run_is_shown_source_by_source(settings: Settings) -> None:
    ledger = Ledger(settings)
    ledger.begin_run("run-1")
    commit(ledger, "web_events", [delivered("site", "web_events", 21)])
    reasons = {"quarantined": 2, "loaded": 8, "quarantine_reasons": {"status_not_known": 2}}
    commit(
        ledger,
        "orders",
        [
            delivered("shop", "orders", 18, **reasons, examples={"status_not_known": "row 3"}),
            delivered("shop", "orders", 19, **reasons, examples={"status_not_known": "row 9"}),
            delivered("shop", "orders", 20, status="rejected", reason="it is empty", records=0),
        ],
    )
    ledger.record_checks(
        "run-1", [check(is_passed=True), check(is_passed=False, severity="warning")]
    )
    keep_rows(settings, "web_events", "site", 10)
    keep_rows(settings, "orders", "shop", 16)
    version = publish_run(settings, "run-1")
    status = read_status(settings)
    assert status.current.name == version.name
    assert (status.current.rows, status.current.run_id) == (1, "run-1")
    site, shop, desk = status.sources
    assert (site.rows, site.days_behind) == (10, 0)
    assert (shop.files, shop.rows, shop.delivered_on, shop.days_behind) == (
        2,
        16,
        date(2026, 11, 19),
        2,
    )
    assert (desk.files, desk.days_behind) == (0, None)
    assert status.last_run.result == "published"
    assert (status.last_run.files, status.last_run.rejected_files) == (3, 1)
    assert status.last_run.quarantined == 4
    assert status.last_run.failures == ()
    assert len(status.last_run.warnings) == 1
    (line,) = status.quarantine
    assert (line.kind, line.source, line.reason, line.rows, line.files, line.example) == (
        "orders",
        "shop",
        "status_not_known",
        4,
        2,
        "row 3",
    )
    assert [failed.reason for failed in status.rejected_files] == ["it is empty"]
    assert status.as_dict()["versions"][0]["is_current"]


@pytest.mark.parametrize("columns", ["40", "80"])
def test_a_narrow_terminal_cuts_no_name_off(
    settings: Settings, capsys, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    console.status(read_status(settings), as_json=False)
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert ("support_tickets" in shown) == (columns == "80")


def test_a_damaged_file_of_raw_leaves_the_rest_of_the_status(settings: Settings, capsys) -> None:
    ledger = Ledger(settings)
    commit(ledger, "orders", [delivered("shop", "orders", 18)])
    keep_rows(settings, "orders", "shop", 10)
    (path,) = settings.raw_dir.glob("orders/*/*.parquet")
    path.write_bytes(b"no Parquet")
    status = read_status(settings)
    assert {line.rows for line in status.sources} == {None}
    console.status(status, as_json=False)
    assert "unknown" in capsys.readouterr().out


def test_a_failed_run_leaves_the_version_before_it_current(settings: Settings) -> None:
    ledger = Ledger(settings)
    ledger.begin_run("run-1")
    version = publish_run(settings, "run-1")
    ledger.begin_run("run-2")
    assert read_status(settings).last_run.result == "not finished"
    ledger.record_checks("run-2", [check(is_passed=False)])
    status = read_status(settings)
    assert status.current.name == version.name
    assert status.last_run.run_id == "run-2"
    assert status.last_run.result == "failed"
    assert [failed.check_name for failed in status.last_run.failures] == [
        "every_order_has_an_amount"
    ]


def test_a_run_that_is_going_on_is_no_run_that_did_not_finish(settings: Settings, capsys) -> None:
    ledger = Ledger(settings)
    ledger.begin_run("run-1")
    publish_run(settings, "run-1")
    time.sleep(1)  # the lock knows whole seconds
    with writer_lock(settings):
        status = read_status(settings)
        assert status.writing_since <= datetime.now(UTC)
        assert status.last_run.result == "published"  # the one before
        ledger.begin_run("run-2")
        status = read_status(settings)
        assert (status.last_run.run_id, status.last_run.result) == ("run-2", "running")
    console.status(status, as_json=False)
    since = f"{status.writing_since:%Y-%m-%d %H:%M} UTC"
    assert (
        f"A run is going on since {since}; readers see the version before"
        in capsys.readouterr().out
    )
    after = read_status(settings)
    assert (after.writing_since, after.last_run.result) == (None, "not finished")


def test_files_of_the_last_run_are_counted_by_what_came_of_them(settings: Settings, capsys) -> None:
    ledger = Ledger(settings)
    ledger.begin_run("run-1")
    results = [
        delivered("shop", "orders", 18),
        delivered(
            "shop", "orders", 19, status="rejected", reason="it is empty", delivered=0, loaded=0
        ),
        delivered(
            "shop", "orders", 20, status="rejected", reason="it is empty", delivered=0, loaded=0
        ),
    ]
    commit(ledger, "orders", results)
    status = read_status(settings)
    assert (status.last_run.files, status.last_run.rejected_files) == (1, 2)
    console.status(status, as_json=False)
    shown = capsys.readouterr().out
    assert "not finished; 1 file loaded, 2 rejected; 10 rows delivered = 10 loaded + 0" in shown
    assert "counted from the latest event of any source" in shown


def test_versions_are_listed_newest_first_and_follow_a_rollback(settings: Settings) -> None:
    Ledger(settings).begin_run("run-1")
    names = [publish_run(settings, f"run-{number}").name for number in range(3)]
    publish.rollback(settings, names[0])
    status = read_status(settings)
    assert [line.name for line in status.versions] == names[::-1]
    assert [line.is_current for line in status.versions] == [False, False, True]
