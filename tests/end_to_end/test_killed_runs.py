"""Runs killed at many points, each followed by one that gets further and is killed as well."""

import contextlib
import json
import signal
import sqlite3
import threading
import time
from pathlib import Path

import duckdb
import psutil
import pytest

from tests.conftest import Shop, make_shop

# Whole runs, which take minutes.
pytestmark = pytest.mark.slow

SIZE = ("--people", "200", "--days", "12", "--end-date", "2026-11-20")
# More points of each part are tried in the tests of that part.
BEFORE_THE_SWAP = (
    "ingest.after_write",
    "ingest.mid_rename",
    "ingest.after_ledger",
    "models.before_build",
    "models.mid_build",
    "publish.before_swap",
)
# The first of these is a whole run; the others kill a run that finds nothing new and does what
# the run before left undone.
AFTER_THE_SWAP = (
    "publish.after_swap",
    "report.before_swap",
    "report.after_swap",
    "watch.before_keep",
)
# What distinguishes runs, in a table that is about runs.
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
                said = json.loads((version / "manifest.json").read_text())["row_counts"]
                with duckdb.connect(str(version / "journey.duckdb"), read_only=True) as connection:
                    found = {
                        name: connection.execute(f"select count(*) from marts.{name}").fetchone()[0]
                        for name in said
                    }
            except (OSError, duckdb.IOException) as error:
                if version.exists():  # pruned while being opened is not torn
                    self.torn.append(f"{version.name}: {error}")
                continue
            self.seen.add(version.name)
            if found != said:
                self.torn.append(f"{version.name}: {found} is not {said}")

    def stop(self) -> None:
        self.stopped.set()
        self.join()


def described_version(shop: Shop) -> str:
    """The version that the report says it describes; the page is there with it."""
    report = shop.published / "report"
    assert (report / "index.html").exists()
    return json.loads((report / "report.json").read_text())["version"]


def unfinished_runs(shop: Shop) -> list[tuple]:
    """Runs that the catalogue takes for alive: each would keep its queue waiting."""
    with sqlite3.connect(shop.data_dir / ".dagster" / "storage" / "runs.db") as connection:
        return connection.execute(
            "select run_id, status from runs where status not in ('SUCCESS', 'FAILURE')"
        ).fetchall()


def dbt_lives_on(shop: Shop) -> bool:
    """Whether dbt still works on this data dir some time after its run was killed."""
    patience = time.monotonic() + 10
    while any(is_dbt_of(process, shop) for process in psutil.process_iter()):
        if time.monotonic() > patience:
            return True
        time.sleep(0.2)
    return False


def is_dbt_of(process: psutil.Process, shop: Shop) -> bool:
    with contextlib.suppress(psutil.Error):
        is_dbt = any("journey-dbt" in word for word in process.cmdline())
        return is_dbt and process.environ().get("JOURNEY_DATA_DIR") == str(shop.data_dir)
    return False


def assert_same(expected: Shop, shop: Shop) -> None:
    undisturbed, disturbed = marts(expected.published), marts(shop.published)
    assert undisturbed.keys() == disturbed.keys()
    for name, rows in undisturbed.items():
        assert rows == disturbed[name], name


@pytest.fixture(scope="module")
def undisturbed(once) -> Shop:
    """The same shop after one run that nothing stopped."""

    def fill(folder: Path) -> None:
        made = make_shop(folder)
        for done in (made.journey("simulate", *SIZE), made.run()):
            assert done.returncode == 0, done.stdout + done.stderr

    return Shop(home=once("undisturbed", fill))


@pytest.mark.timeout(1800)
def test_runs_that_are_killed_end_as_if_undisturbed(
    shop: Shop, request: pytest.FixtureRequest
) -> None:
    """Kill a run at each fault, then let one pass, with a reader watching all the time."""
    assert shop.journey("simulate", *SIZE).returncode == 0
    reader = Reader(shop.published)
    reader.start()
    for fault in (*BEFORE_THE_SWAP, *AFTER_THE_SWAP):
        killed = shop.run(JOURNEY_FAULT=fault)
        assert killed.returncode == -signal.SIGKILL, (fault, killed.stdout, killed.stderr)
        if fault == "models.mid_build":
            assert not dbt_lives_on(shop), "it would still write what the next run rebuilds"
        is_shown = (shop.published / "current").exists()
        assert is_shown == (fault in AFTER_THE_SWAP), fault
        if fault == AFTER_THE_SWAP[0]:
            assert len(unfinished_runs(shop)) == 1, "every run ends those that died before it"
    last = shop.run()
    reader.stop()
    assert last.returncode == 0, last.stderr
    assert reader.torn == []
    assert reader.seen
    current = (shop.published / "current").resolve().name
    assert described_version(shop) == current
    assert (shop.data_dir / "metrics" / f"{current}.parquet").exists()
    # Asked for only now: another process has made it meanwhile.
    assert_same(request.getfixturevalue("undisturbed"), shop)
