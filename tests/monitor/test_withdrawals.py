"""What is said of rows that a path held before and that no file holds any more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from journey import ingest, monitor, publish
from journey.cli import console
from journey.core import failpoints
from journey.ingest import rebuild
from journey.ingest.ledger import Ledger
from journey.publish.manifest import Version
from journey.read.status import read_status
from tests.ingest.conftest import Warehouse
from tests.ingest.rows import csv_of, good

SENTENCE = (
    "source 'orders': 2 rows that landing/orders.csv held before are in no file any more, and are "
    "not counted any more"
)
CORRECTED = {"currency": "EUR"}


@pytest.fixture
def overwritten(tmp_path, monkeypatch, sink) -> Warehouse:
    """An export of the newest rows alone, written over the one of the day before."""
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "a key for tests, long enough to be one")
    warehouse = Warehouse(tmp_path / "data", given={"webhook_url": sink.url})
    warehouse.source("orders", path="landing/orders.csv")
    for numbers in (range(1, 4), range(3, 6)):
        rows = [good("orders", order_id=str(number)) for number in numbers]
        warehouse.deliver("orders.csv", csv_of(rows))
        warehouse.load("orders")
    return warehouse


def version_of(folder: Path) -> Version:
    now = datetime.now(UTC)
    return Version("v1", folder, "run 2", now, now, "1", "", {}, (), ())


def test_it_is_reported_once_a_run_with_what_to_do(overwritten, sink) -> None:
    for _ in range(2):
        monitor.report_withdrawals(overwritten.settings)
    (post,) = sink.posts
    assert post["text"].startswith(f"Run run 2: {SENTENCE}. If that is not meant")
    overwritten.load("orders")
    monitor.report_withdrawals(overwritten.settings)
    assert len(sink.posts) == 1


def test_a_channel_that_is_new_does_not_begin_with_what_is_long_past(
    overwritten, sink, monkeypatch
) -> None:
    monkeypatch.setattr("journey.monitor.withdrawals.REPORTED_DAYS", 0)
    monitor.report_withdrawals(overwritten.settings)
    assert sink.posts == []


def test_the_last_lines_of_a_run_say_it(overwritten, capsys) -> None:
    gone = tuple(Ledger(overwritten.settings).withdrawn("run 2"))
    outcome = publish.RunResult("run 2", version_of(overwritten.data_dir), withdrawn=gone)
    console.run(overwritten.settings, outcome, as_json=False)
    end = capsys.readouterr().out.splitlines()[-3:]
    assert end[0] == "✗ 2 ROWS ARE GONE that the warehouse had before:"
    assert end[1] == f"✗ {SENTENCE}"
    assert end[2].startswith("If that is not meant")
    console.run(overwritten.settings, outcome, as_json=True)
    assert (
        '"withdrawn": [{"source": "orders", "file_name": "landing/orders.csv", "rows": 2}]'
        in capsys.readouterr().out
    )


def test_status_and_data_quality_count_it(overwritten) -> None:
    status = read_status(overwritten.settings)
    assert status.last_run.withdrawn == 2
    (source,) = status.sources
    assert (source.files, source.rows) == (1, 3)
    path = overwritten.data_dir / "quality.parquet"
    ingest.export_quality(overwritten.settings, path, "run 2")
    rows = f"select run_id, source, severity, is_passed, observed::int, detail from '{path}'"
    assert overwritten.query(f"{rows} where check_name = 'withdrawn'") == [
        ("run 2", "orders", "warning", False, 2, SENTENCE)
    ]


def test_status_counts_rows_of_files_that_belong_to_a_load_alone(overwritten, monkeypatch) -> None:
    """Of a run that died while it put its files in place, and before it removed older ones."""

    def die(name: str) -> None:
        if name == "ingest.before_record":
            raise InterruptedError

    rows = [good("orders", order_id=str(number)) for number in range(3, 9)]
    overwritten.deliver("orders.csv", csv_of(rows))
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "point", die)
        with pytest.raises(InterruptedError):
            overwritten.load("orders")
    assert len(overwritten.rows("orders")) > 3, "they are in place"
    (source,) = read_status(overwritten.settings).sources
    assert source.rows == 3
    ingest.sweep(overwritten.settings)
    assert len(overwritten.rows("orders")) == 3


def test_status_shows_what_lies_in_quarantine_and_the_account_what_ever_did(overwritten) -> None:
    bad = good("orders", order_id="9", currency="EURO")
    overwritten.deliver("orders.csv", csv_of([good("orders", order_id="3"), bad]))
    overwritten.load("orders")
    (line,) = read_status(overwritten.settings).quarantine
    assert (line.rows, line.reason) == (1, "currency_not_iso_4217")
    overwritten.deliver("orders.csv", csv_of([good("orders", order_id="3"), bad | CORRECTED]))
    overwritten.load("orders")
    assert overwritten.quarantine("orders") == []
    assert read_status(overwritten.settings).quarantine == ()
    path = overwritten.data_dir / "quality.parquet"
    ingest.export_quality(overwritten.settings, path, "run 4")
    reasons = f"select check_name, observed::int from '{path}' where check_kind = 'quarantine'"
    assert ("currency_not_iso_4217", 1) in overwritten.query(reasons)


def test_a_ledger_that_is_made_again_knows_it(overwritten) -> None:
    before = Ledger(overwritten.settings).withdrawn()
    overwritten.settings.ledger_path.unlink()
    rebuild.rebuild(overwritten.settings)
    assert Ledger(overwritten.settings).withdrawn() == before != []


def test_the_earlier_export_put_back_under_a_name_of_its_own_counts_again(overwritten) -> None:
    overwritten.source("orders", path="landing/*.csv")
    earlier = [good("orders", order_id=str(number)) for number in range(1, 4)]
    overwritten.deliver("before.csv", csv_of(earlier))
    assert overwritten.load("orders").withdrawn == []
    found = {number for (number,) in overwritten.rows("orders", "order_id")}
    assert found == {"1", "2", "3", "4", "5"}
