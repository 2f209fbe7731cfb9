"""What a signal does to a run, whatever it is doing: a sentence, a code, and nothing changed."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import psutil
import pytest

from tests.conftest import JOURNEY, Shop
from tests.parsed_project import give_parsed_project
from tests.sinks import webhook_sink

# What is on the screen when the signal is sent.
MOMENTS = ("loaded", "models", "gate", "published")
SIZE = ("--people", "60", "--days", "5", "--end-date", "2026-11-20")
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture
def delivered(shop: Shop) -> Shop:
    assert shop.journey("simulate", *SIZE).returncode == 0
    return shop


def begun(shop: Shop, *arguments: str, **env: str) -> subprocess.Popen:
    """A command that heeds SIGHUP, also where these tests run under `nohup`."""
    give_parsed_project(shop.data_dir, shop.config.parent)
    return subprocess.Popen(
        ["/usr/bin/env", "--default-signal=HUP", JOURNEY, *arguments],
        env=shop.environment(PYTHONUNBUFFERED="1", **env),
        cwd=shop.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stop_at(process: subprocess.Popen, moment: str | None, number: int) -> tuple[int, str]:
    """Send the signal when the line of this step appears; the exit code and all that was said."""
    said = []
    if moment:
        for line in process.stdout:
            said.append(line)
            if moment in line:
                break
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    return process.returncode, "".join(said) + out + err


def runs(shop: Shop) -> list[str]:
    path = shop.data_dir / ".dagster" / "storage" / "runs.db"
    if not path.exists():
        return []
    with sqlite3.connect(path) as connection:
        found = connection.execute("select status from runs order by create_timestamp").fetchall()
    return [status for (status,) in found]


@pytest.mark.long
def test_a_run_that_is_stopped_while_dbt_builds_says_so_and_sends_no_alert(delivered: Shop) -> None:
    assert_is_stopped(delivered, "models", signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_run_that_was_stopped_at_each_step_ends_as_if_it_were_the_first(delivered: Shop) -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGINT)
    for moment, number in zip(MOMENTS, numbers, strict=True):
        assert_is_stopped(delivered, moment, number)
    last = delivered.run()
    assert last.returncode == 0, last.stderr
    assert set(runs(delivered)) <= {"CANCELED", "SUCCESS"}
    with duckdb.connect(str(delivered.published / "current.duckdb"), read_only=True) as found:
        assert found.execute("select count(*) from marts.people").fetchone()[0] > 0


def assert_is_stopped(shop: Shop, moment: str, number: signal.Signals) -> None:
    """One sentence, its code, no alert and nothing left running; published as far as it got."""
    with webhook_sink() as sink:
        process = begun(shop, "run", JOURNEY_WEBHOOK_URL=sink.url)
        code, said = stop_at(process, moment, number)
        assert sink.posts == []
    assert code == CODES[number], (moment, said)
    [sentence] = [line for line in said.splitlines() if line.startswith("journey: ")]
    assert "stopped by SIG" in sentence
    assert "Traceback" not in said
    assert "no words for" not in said
    is_shown = (shop.published / "current").exists()
    assert is_shown == (moment == "published"), (moment, said)
    assert ("is published" in sentence) == is_shown
    assert runs(shop)[-1] == "CANCELED", moment
    assert not dbt_of(shop)


def dbt_of(shop: Shop) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            is_dbt = "journey-dbt" in " ".join(process.cmdline())
            if is_dbt and process.environ().get("JOURNEY_DATA_DIR") == str(shop.data_dir):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(
    ("number", "seconds"),
    [
        pytest.param(number, seconds, marks=[] if seconds == usual else pytest.mark.slow)
        for number, usual in zip(CODES, (0, 0.3, 1), strict=True)
        for seconds in (0, 0.1, 0.3, 0.6, 1)
    ],
)
def test_a_command_that_has_hardly_begun_says_so_too(
    shop: Shop, number: signal.Signals, seconds: float
) -> None:
    process = begun(shop, "simulate", "--people", "5000", "--days", "60")
    listens(process.pid)
    time.sleep(seconds)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == CODES[number], (out, err)
    assert err.startswith("journey: stopped by SIG")
    assert len(err.splitlines()) == 1


def listens(process: int) -> None:
    """Wait until a process handles SIGTERM: before that, Python itself is starting."""
    status = Path(f"/proc/{process}/status")
    while True:
        [caught] = [line for line in status.read_text().splitlines() if line.startswith("SigCgt")]
        if int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.005)


def test_as_json_a_stopped_command_is_one_object(delivered: Shop) -> None:
    process = begun(delivered, "run", "--json")
    listens(process.pid)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 143
    assert json.loads(out)["status"] == "stopped"


def test_a_process_that_ignores_a_closed_terminal_goes_on(shop: Shop) -> None:
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from journey.core import stopping; stopping.listen()\n"
        "signal.raise_signal(signal.SIGHUP); print('on')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "on\n")


def test_an_interrupt_that_a_library_swallows_comes_again() -> None:
    code = """
import signal, sys, time
from journey.core import stopping
stopping.AGAIN_SECONDS = 0.2
stopping.listen()
try:
    signal.raise_signal(signal.SIGTERM)
    time.sleep(1)
except KeyboardInterrupt:
    pass  # as a library might
try:
    time.sleep(30)
except KeyboardInterrupt:
    print(stopping.acknowledge().name)
time.sleep(0.6)  # acknowledged: none comes again
print("ended")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "SIGTERM\nended\n", done.stderr
