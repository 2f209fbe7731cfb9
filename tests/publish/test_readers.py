"""A version is whole for every reader at every moment, also where publishing is killed."""

import os
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from journey import publish
from journey.core.settings import Settings
from tests.publish.versions import (
    MARTS,
    assert_sealed,
    build,
    publish_run,
    run_that_readers_see,
)

CRASH_POINTS = [
    "publish.before_snapshot",
    "publish.mid_snapshot",
    "publish.before_swap",
    "publish.after_swap",
    "publish.before_prune",
]
PUBLISHER = f"""
import sys
from datetime import UTC, datetime
from journey import publish
from journey.core.settings import Settings
settings = Settings.load(sys.argv[1], sys.argv[2])
publish.publish(
    settings, marts={MARTS!r}, run_id="killed", as_of=datetime(2026, 11, 22, tzinfo=UTC), checks=[]
)
"""


def wait_for(reader: list[int], run: int) -> None:
    deadline = time.monotonic() + 60
    while reader[-1] != run:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_reader_in_a_loop_sees_only_whole_versions(settings: Settings, reader: list[int]) -> None:
    for run in range(1, 9):
        publish_run(settings, run)
    wait_for(reader, 8)
    assert reader == sorted(reader)
    assert len(set(reader)) > 1


def test_an_open_reader_keeps_its_version_while_runs_go_on(settings: Settings) -> None:
    version = publish_run(settings, 1)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        for run in range(2, 7):
            publish_run(settings, run)
        assert not version.database.exists()
        assert connection.execute("select any_value(run) from marts.people").fetchone() == (1,)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_kill_at_any_point_leaves_a_whole_version_and_no_trace(
    settings: Settings, reader: list[int], point: str
) -> None:
    for run in range(1, 4):
        publish_run(settings, run)
    build(settings, 4)
    killed = subprocess.run(
        [sys.executable, "-c", PUBLISHER, settings.config_file, settings.data_dir],
        env=os.environ | {"JOURNEY_FAULT": point},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    is_shown = point in ("publish.after_swap", "publish.before_prune")
    assert run_that_readers_see(settings) == (4 if is_shown else 3)
    assert_sealed(publish.current(settings))

    again = publish_run(settings, 4)
    assert run_that_readers_see(settings) == 4
    assert publish.current(settings) == again
    kept = [path.name for path in (settings.published_dir / "versions").iterdir()]
    assert sorted(kept) == [version.name for version in publish.versions(settings)]
    assert len(kept) == 3
    assert sum("killed" in name for name in kept) == is_shown
    assert not list(settings.published_dir.glob(".*.new"))


def test_a_kill_during_the_first_publication_shows_nothing(settings: Settings) -> None:
    build(settings, 1)
    subprocess.run(
        [sys.executable, "-c", PUBLISHER, settings.config_file, settings.data_dir],
        env=os.environ | {"JOURNEY_FAULT": "publish.before_swap"},
        check=False,
    )
    assert publish.current(settings) is None
    assert run_that_readers_see(settings) is None
    publish_run(settings, 1)
    assert run_that_readers_see(settings) == 1
    assert len(publish.versions(settings)) == 1
