"""What is spilled: private while it lives, gone after a kill, never another process's."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from journey.core import database, spill
from journey.core.settings import Settings

ADDRESS = "person@mail.test"
SPILLER = """
import os, sys, time
from journey.core import database
from journey.core.settings import Settings
os.umask(0o022)
settings = Settings.load(sys.argv[1], sys.argv[2])
connection = database.connect(settings)
connection.execute(
    "create table t as select 'person@mail.test' || (range % 7) as a, hash(range) as h"
    " from range(8000000)"
)
print("spilled", flush=True)
time.sleep(300)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text('memory_limit = "60MB"\nthreads = 1\n')
    return Settings.load(config, tmp_path / "data")


@pytest.fixture
def spiller(settings: Settings):
    process = subprocess.Popen(
        [sys.executable, "-c", SPILLER, settings.config_file, settings.data_dir],
        stdout=subprocess.PIPE,
        text=True,
        # Other tests of this process may have set a limit of their own.
        env={name: given for name, given in os.environ.items() if name[:8] != "JOURNEY_"},
    )
    assert process.stdout.readline() == "spilled\n"
    yield process
    process.kill()
    process.wait()


def spilled(settings: Settings) -> list[Path]:
    found = [path for path in settings.spill_dir.rglob("*") if path.is_file()]
    return [path for path in found if path.name != spill.ALIVE]


def test_spilled_rows_are_for_the_owner_alone_and_go_after_a_kill(
    settings: Settings, spiller: subprocess.Popen
) -> None:
    assert spilled(settings)
    for folder in (settings.spill_dir, *settings.spill_dir.iterdir()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    spill.sweep(settings.spill_dir)
    assert spilled(settings), "it lives, so what it spilled is its own"
    spiller.send_signal(signal.SIGKILL)
    spiller.wait()
    assert spilled(settings)
    spill.sweep(settings.spill_dir)
    assert list(settings.spill_dir.iterdir()) == []


def test_what_an_earlier_version_left_is_removed(settings: Settings) -> None:
    settings.spill_dir.mkdir(parents=True)
    (settings.spill_dir / "duckdb_temp_storage_DEFAULT-0.tmp").write_text(ADDRESS)
    (settings.spill_dir / "folder").mkdir()
    (settings.spill_dir / "folder" / "duckdb_temp_block-1.block").write_text(ADDRESS)
    spill.sweep(settings.spill_dir)
    assert list(settings.spill_dir.iterdir()) == []


def test_a_link_is_removed_and_not_followed(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    settings.spill_dir.mkdir(parents=True)
    (settings.spill_dir / "link").symlink_to(kept)
    spill.sweep(settings.spill_dir)
    assert (kept / "file").exists()
    assert list(settings.spill_dir.iterdir()) == []


def test_no_two_databases_spill_into_one_folder(settings: Settings) -> None:
    asked = "select current_setting('temp_directory')"
    with database.connect(settings) as one, database.connect(settings) as other:
        folders = [connection.execute(asked).fetchone()[0] for connection in (one, other)]
    assert len(set(folders)) == 2


def test_a_process_that_ends_takes_its_folder_along(settings: Settings) -> None:
    code = SPILLER.replace("time.sleep(300)", "time.sleep(0)")
    arguments = [settings.config_file, settings.data_dir]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    assert list(settings.spill_dir.iterdir()) == []


def test_holding_and_sweeping_at_once_loses_nothing(settings: Settings) -> None:
    """A folder that is being made is not taken for one that a dead process left."""
    code = (
        "import sys; from pathlib import Path; from journey.core import spill\n"
        "while True: spill.sweep(Path(sys.argv[1]))"
    )
    settings.spill_dir.mkdir(parents=True)
    sweeper = subprocess.Popen([sys.executable, "-c", code, settings.spill_dir])
    try:
        until = time.monotonic() + 3
        number = 0
        while time.monotonic() < until:
            number += 1
            folder = spill.hold(settings.spill_dir / f"own-{number}")
            (folder / "1").mkdir()
        time.sleep(0.1)
        assert (folder / "1").is_dir()
    finally:
        sweeper.kill()
        sweeper.wait()
