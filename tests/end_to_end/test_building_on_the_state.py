"""Runs by the command line that build on each other, held against a rebuild of the same rows."""

import json
import re
import signal
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tests.conftest import Shop

# Whole runs, which take minutes.
pytestmark = pytest.mark.slow

SIZE = ("--people", "60", "--days", "10", "--end-date", "2026-11-20")
ABOUT_RUNS = {"data_quality"}
ON_STATE = re.compile(r"anew for [\d,]+ people who could have changed since (\S+)")


def marts(shop: Shop) -> dict[str, list[tuple]]:
    with duckdb.connect(str(shop.published / "current.duckdb"), read_only=True) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        return {
            name: connection.execute(f"select * from marts.{name} order by all").fetchall()
            for (name,) in names
            if name not in ABOUT_RUNS
        }


EVERY_WEEK = {"JOURNEY_FULL_REBUILD_EVERY_DAYS": "7"}
# The run that is killed at any of these has not published: the next one does all of it.
BEFORE_THE_SWAP = (
    "ingest.after_ledger",
    "state.after_copy",
    "models.mid_build",
    "state.before_note",
    "publish.before_swap",
)
# Killed here, a run has published, and the next day builds on what state it has left.
AFTER_THE_SWAP = {
    "publish.after_swap": "2026-11-18",
    "state.before_swap": "2026-11-19",
    "state.after_swap": "2026-11-20",
}


def ran(shop: Shop, *arguments: str) -> str:
    done = shop.run(*arguments, **EVERY_WEEK)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def killed(shop: Shop, fault: str, *arguments: str) -> None:
    done = shop.run(*arguments, JOURNEY_FAULT=fault, **EVERY_WEEK)
    assert done.returncode == -signal.SIGKILL, (fault, done.stdout, done.stderr)


def withdraw_a_row(shop: Shop) -> None:
    """An export of customers is written again in place, without its last row."""
    exports = sorted((shop.data_dir / "landing" / "customers").glob("*.csv"))
    path = max(exports, key=lambda export: len(export.read_text().splitlines()))
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) > 2
    path.write_text("".join(lines[:-1]))


def make_old(shop: Shop) -> None:
    """As if the last rebuild had been a week ago."""
    alter_state(shop, rebuilt_at=(datetime.now(UTC) - timedelta(days=7)).isoformat())


def alter_state(shop: Shop, **given: str) -> None:
    path = shop.data_dir / "state" / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | given))


def checks_against_the_state(shop: Shop) -> list[tuple]:
    with duckdb.connect(str(shop.published / "current.duckdb"), read_only=True) as connection:
        return connection.execute(
            "select is_passed from marts.data_quality where check_name = 'equal_to_the_state'"
        ).fetchall()


@pytest.mark.timeout(1800)
def test_runs_that_build_on_each_other_publish_what_a_rebuild_publishes(shop: Shop) -> None:
    assert shop.journey("simulate", *SIZE).returncode == 0
    assert "all anew: there is no state to build on" in ran(shop, "--to", "2026-11-17")
    first = json.loads((shop.published / "manifest.json").read_text())["version"]
    assert ON_STATE.search(ran(shop, "--to", "2026-11-18"))
    assert shop.journey("rollback", first).returncode == 0
    assert ON_STATE.search(ran(shop, "--to", "2026-11-20"))
    withdraw_a_row(shop)
    assert ON_STATE.search(ran(shop))
    assert not (shop.data_dir / "raw" / ".superseded").exists()
    built = marts(shop)
    make_old(shop)
    held = ran(shop, "--as-of", "2026-11-21")
    assert "all anew: the last rebuild is 7 days old" in held
    assert {is_equal for (is_equal,) in checks_against_the_state(shop)} == {True}
    assert "all anew: as asked" in ran(shop, "--full-rebuild")
    rebuilt = marts(shop)
    assert built.keys() == rebuilt.keys()
    for name, rows in rebuilt.items():
        assert built[name] == rows, name


@pytest.mark.timeout(1800)
def test_runs_on_the_state_that_are_killed_end_as_a_rebuild(shop: Shop) -> None:
    """Killed at every step, and after that a state of older code is not built on."""
    assert shop.journey("simulate", *SIZE).returncode == 0
    ran(shop, "--to", "2026-11-17")
    for fault in BEFORE_THE_SWAP:
        killed(shop, fault, "--to", "2026-11-18")
    for fault, day in AFTER_THE_SWAP.items():
        killed(shop, fault, "--to", day)
    withdraw_a_row(shop)
    assert ON_STATE.search(ran(shop))
    built = marts(shop)
    alter_state(shop, code="that of an older version")
    assert "all anew: the code has changed" in ran(shop, "--as-of", "2026-11-22")
    ran(shop, "--full-rebuild")
    assert built == marts(shop)
