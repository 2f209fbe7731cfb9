"""A run as its callers see it: what it prints, what it exits with, what it leaves behind."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from journey import ingest
from journey.core.settings import Settings
from tests.conftest import Shop, copy_of, make_shop
from tests.end_to_end.a_limit_of_spend import LIMIT
from tests.sinks import webhook_sink


def test_a_run_publishes_and_says_what_it_did(small: Shop) -> None:
    manifest = json.loads((small.published / "manifest.json").read_text())
    assert manifest["row_counts"]["people"] > 0
    assert manifest["checks"]
    assert all(check["is_passed"] or check["severity"] == "warning" for check in manifest["checks"])


def test_a_check_is_recorded_once_however_many_days_a_run_has(small: Shop) -> None:
    """Each check that was planned was evaluated: none stays open in the catalogue for each day."""
    with sqlite3.connect(small.data_dir / ".dagster" / "storage" / "events" / "index.db") as log:
        recorded = log.execute(
            "select asset_key, check_name, count(*), min(execution_status) != 'PLANNED' "
            "from asset_check_executions group by asset_key, check_name, run_id"
        ).fetchall()
    assert len(recorded) > 100
    assert {(count, is_evaluated) for *_, count, is_evaluated in recorded} == {(1, 1)}


def test_a_second_run_finds_nothing_new_and_publishes_nothing(small: Shop, tmp_path: Path) -> None:
    shop = copy_of(small, tmp_path / "shop")
    before = os.readlink(shop.published / "current")
    again = shop.run()
    assert again.returncode == 0
    assert "othing new" in again.stdout
    assert os.readlink(shop.published / "current") == before
    answer = json.loads(shop.run("--json").stdout)
    assert answer["status"] == "nothing new"


def test_a_run_that_fails_a_raw_check_changes_nothing_until_it_is_fixed(
    small: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery that fails a critical expectation: exit 3, one alert, and tried again."""
    shop = copy_of(small, tmp_path / "failed")
    before = os.readlink(shop.published / "current")
    spend = sorted((shop.data_dir / "landing" / "ad_spend").iterdir())[-1]
    header, row, *_ = spend.read_text().splitlines()
    amount = row.split(",")[header.split(",").index("amount")]
    delivered = spend.with_name("ad_spend_2026-11-21.csv")
    delivered.write_text(f"{header}\n{row.replace(amount, f'{LIMIT + 1}.00')}\n")
    with webhook_sink() as sink:
        failed = shop.run(module="tests.end_to_end.a_limit_of_spend", JOURNEY_WEBHOOK_URL=sink.url)
    assert failed.returncode == 3, failed.stdout + failed.stderr
    (post,) = sink.posts
    assert "published nothing: a blocking check failed: raw/ad_spend" in post["text"]
    assert "docs/checks.html" in post["text"]
    assert "raw/ad_spend" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert os.readlink(shop.published / "current") == before
    delivered.write_text(f"{header}\n{row.replace(amount, '12.00')}\n")
    settings = Settings.load(shop.config, shop.data_dir)
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", shop.environment()["JOURNEY_EMAIL_KEY"])
    with ingest.prepare(settings, "ad_spend", run_id="fixed") as pending:
        counts = pending.counts()
    assert counts["loaded"] + counts["restated"] == counts["delivered"] == 1


def test_a_run_that_rejects_a_file_publishes_and_says_so_at_its_end(
    small: Shop, tmp_path: Path
) -> None:
    """Exit 0, an alert, and 3 with --strict, also when nothing is new; until it is put right."""
    shop = copy_of(small, tmp_path / "rejected")
    wrong = shop.data_dir / "landing" / "ad_spend" / "ad_spend_2026-11-21.csv"
    wrong.write_text("")
    with webhook_sink() as sink:
        done = shop.run(JOURNEY_WEBHOOK_URL=sink.url)
    assert done.returncode == 0, done.stdout + done.stderr
    end = done.stdout.splitlines()[-3:]
    assert end[0] == "✗ 1 file is REJECTED, and nothing that is published has their rows:"
    assert "ad_spend_2026-11-21.csv: the file is empty; deliver it again" in end[1]
    assert "--strict" in end[2]
    assert [post for post in sink.posts if "1 file was rejected" in post["text"]]
    again = shop.run("--strict")
    assert again.returncode == 3
    assert "othing new" in again.stdout
    assert "REJECTED" in again.stdout
    strict = shop.run("--strict", "--json")
    assert strict.returncode == 3
    assert json.loads(strict.stdout)["rejected_files"][0]["source"] == "ad_spend"
    wrong.unlink()
    assert shop.run("--strict").returncode == 0


def test_a_second_writer_learns_who_holds_the_lock(tmp_path: Path) -> None:
    from journey.core.lock import writer_lock

    shop = make_shop(tmp_path / "held")
    with writer_lock(Settings.load(shop.config, shop.data_dir)):
        rejected = shop.run()
    assert rejected.returncode == 4
    assert f"process {os.getpid()}" in rejected.stderr
    assert "Traceback" not in rejected.stderr
