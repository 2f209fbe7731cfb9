"""A night as its callers see it: what it prints, what it exits with, what it leaves behind."""

import json
import os
import shutil
import signal
import threading
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Shop, make_shop

FAULTS = (
    "ingest.before_write",
    "ingest.after_write",
    "ingest.mid_rename",
    "ingest.before_ledger",
    "ingest.after_ledger",
    "models.before_build",
    "models.mid_build",
    "models.after_build",
    "gate.after_checks",
    "publish.before_snapshot",
    "publish.mid_snapshot",
    "publish.before_swap",
    "publish.after_swap",
)
# What tells runs apart, in a table that is about runs.
ABOUT_RUNS = {"data_quality"}


def marts(path: Path) -> dict[str, list[tuple]]:
    """Every published table but those about runs, whole and in order."""
    with duckdb.connect(str(path / "current.duckdb"), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
        ]
        return {
            name: connection.execute(f"select * from marts.{name} order by all").fetchall()
            for name in sorted(names)
            if name not in ABOUT_RUNS
        }


class Reader(threading.Thread):
    """An analyst who reads all the time and must see one whole version each time."""

    def __init__(self, published: Path) -> None:
        super().__init__(daemon=True)
        self.published = published
        self.stopped = threading.Event()
        self.seen: set[str] = set()
        self.torn: list[str] = []

    def run(self) -> None:
        while not self.stopped.wait(0.2):
            if not (self.published / "current").exists():
                continue
            version = (self.published / "current").resolve()
            try:
                told = json.loads((version / "manifest.json").read_text())["row_counts"]
                with duckdb.connect(str(version / "journey.duckdb"), read_only=True) as connection:
                    found = {
                        name: connection.execute(f"select count(*) from marts.{name}").fetchone()[0]
                        for name in told
                    }
            except (OSError, duckdb.IOException) as error:
                if version.exists():  # pruned while being opened is not torn
                    self.torn.append(f"{version.name}: {error}")
                continue
            self.seen.add(version.name)
            if found != told:
                self.torn.append(f"{version.name}: {found} is not {told}")

    def stop(self) -> None:
        self.stopped.set()
        self.join()


def test_a_night_publishes_and_says_what_it_did(demo: Shop) -> None:
    manifest = json.loads((demo.published / "manifest.json").read_text())
    assert manifest["row_counts"]["people"] > 0
    assert manifest["checks"]
    assert all(check["is_passed"] or check["severity"] == "warning" for check in manifest["checks"])


def test_a_second_night_finds_nothing_new_and_publishes_nothing(demo: Shop) -> None:
    before = os.readlink(demo.published / "current")
    again = demo.journey("run")
    assert again.returncode == 0
    assert "othing new" in again.stdout
    assert os.readlink(demo.published / "current") == before
    told = json.loads(demo.journey("run", "--json").stdout)
    assert told["status"] == "nothing new"


@pytest.mark.timeout(2400)
def test_a_night_killed_anywhere_ends_as_if_undisturbed(tmp_path: Path) -> None:
    """Each kill is followed by a run that gets further, and is killed in its turn."""
    calm, shop = make_shop(tmp_path / "calm"), make_shop(tmp_path / "killed")
    for one in (calm, shop):
        size = ("--people", "200", "--days", "12", "--end-date", "2026-11-20")
        assert one.journey("simulate", *size).returncode == 0
    assert calm.journey("run").returncode == 0
    reader = Reader(shop.published)
    reader.start()
    for fault in FAULTS:
        killed = shop.journey("run", JOURNEY_FAULT=fault)
        assert killed.returncode == -signal.SIGKILL, (fault, killed.stdout, killed.stderr)
        is_shown = (shop.published / "current").exists()
        assert is_shown == (fault == "publish.after_swap"), fault
    last = shop.journey("run")
    reader.stop()
    assert last.returncode == 0, last.stderr
    assert reader.torn == []
    assert reader.seen
    undisturbed, disturbed = marts(calm.published), marts(shop.published)
    assert undisturbed.keys() == disturbed.keys()
    for name, rows in undisturbed.items():
        assert rows == disturbed[name], name


def test_a_refused_night_changes_nothing_until_it_is_mended(demo: Shop, tmp_path: Path) -> None:
    """A delivery that a critical expectation refuses: exit 3, and it is tried again."""
    shop = make_shop(tmp_path / "refused")
    shutil.copytree(demo.data_dir, shop.data_dir, symlinks=True)
    before = os.readlink(shop.published / "current")
    spend = sorted((shop.data_dir / "landing" / "ad_spend").iterdir())[-1]
    header, row, *_ = spend.read_text().splitlines()
    amount = row.split(",")[header.split(",").index("amount")]
    spend.with_name("ad_spend_2026-11-21.csv").write_text(
        f"{header}\n{row.replace(amount, '-12.00')}\n"
    )
    refused = shop.journey("run")
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert "raw/ad_spend" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert os.readlink(shop.published / "current") == before
    spend.with_name("ad_spend_2026-11-21.csv").write_text(
        f"{header}\n{row.replace(amount, '12.00')}\n"
    )
    mended = shop.journey("run")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert os.readlink(shop.published / "current") != before


def test_a_second_writer_is_told_who_holds_the_lock(demo: Shop, tmp_path: Path) -> None:
    from orchestration.lock import writer_lock
    from orchestration.settings import Settings

    shop = make_shop(tmp_path / "held")
    with writer_lock(Settings.load(shop.config, shop.data_dir)):
        refused = shop.journey("run")
    assert refused.returncode == 4
    assert f"process {os.getpid()}" in refused.stderr
    assert "Traceback" not in refused.stderr
