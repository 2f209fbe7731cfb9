"""One writer at a time: who is rejected, by which message, and that no lock outlives it."""

import fcntl
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journey.core import lock
from journey.core.errors import EngineError
from journey.core.lock import writer_lock
from journey.core.settings import Settings

HOLDER = """
import sys, time
from journey.core.lock import writer_lock
from journey.core.settings import Settings
settings = Settings.load(sys.argv[1], sys.argv[2])
with writer_lock(settings):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "data")


@pytest.fixture
def holder(settings: Settings):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, settings.config_file, settings.data_dir],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_writer_learns_who_writes_since_when_and_what_to_do(
    settings: Settings, holder: subprocess.Popen
) -> None:
    with pytest.raises(EngineError) as raised, writer_lock(settings):
        pass
    sentence = str(raised.value)
    assert f"process {holder.pid} " in sentence
    assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", sentence)
    assert "wait for it to end" in sentence


def test_who_writes_now_is_known_to_those_who_look(
    settings: Settings, holder: subprocess.Popen
) -> None:
    found = lock.holder(settings)
    assert found.pid == holder.pid
    assert timedelta(0) <= datetime.now(UTC) - found.since < timedelta(minutes=5)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert lock.holder(settings) is None


def test_one_that_looks_keeps_no_writer_from_the_lock(settings: Settings, monkeypatch) -> None:
    assert lock.holder(settings) is None  # nothing was ever written
    with writer_lock(settings):
        pass
    with open(settings.data_dir / ".writer.lock") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        monkeypatch.setattr(lock.time, "sleep", lambda _: looking.close())
        with writer_lock(settings):
            pass


def test_the_lock_is_free_as_soon_as_its_holder_is_killed(
    settings: Settings, holder: subprocess.Popen
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with writer_lock(settings):
        pass


def test_the_lock_can_be_taken_again_after_it_was_left(settings: Settings) -> None:
    for _ in range(2):
        with writer_lock(settings):
            pass
    with pytest.raises(KeyError), writer_lock(settings):
        raise KeyError
    with writer_lock(settings):
        pass


def test_a_program_started_by_the_holder_does_not_keep_the_lock(settings: Settings) -> None:
    with writer_lock(settings):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        with writer_lock(settings):
            pass
    finally:
        child.kill()
        child.wait()
