"""One writer at a time: who is refused, what it is told, and that no lock outlives its holder."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_second_writer_is_told_who_writes_since_when_and_what_to_do(
    settings: Settings, holder: subprocess.Popen
) -> None:
    with pytest.raises(EngineError) as refused, writer_lock(settings):
        pass
    sentence = str(refused.value)
    assert f"process {holder.pid} " in sentence
    assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", sentence)
    assert "wait for it to end" in sentence


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
