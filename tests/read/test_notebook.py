"""The notebook of worked answers: it answers without network, and opens to its owner alone."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from journey.core.errors import ConfigurationError, DataError
from journey.core.settings import Settings
from journey.read.notebook import WORKED_ANSWERS, open_notebook
from tests.conftest import JOURNEY, Shop
from tests.read.worked_answers import ANSWERS, answers_of


def test_five_questions_are_answered_without_network(demo: Shop) -> None:
    said = answers_of(demo)
    assert set(said) == set(ANSWERS)
    for name, (rows, empty) in said.items():
        assert rows > 0, name
        assert empty == [], name
    assert WORKED_ANSWERS.read_text().count("## ") == len(ANSWERS)


def test_the_notebook_is_a_script_as_well(demo: Shop) -> None:
    done = subprocess.run(
        [sys.executable, WORKED_ANSWERS],
        capture_output=True,
        text=True,
        env=demo.environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_without_a_snapshot_it_says_so_in_a_sentence(empty: Settings) -> None:
    done = subprocess.run(
        [sys.executable, WORKED_ANSWERS],
        capture_output=True,
        text=True,
        env=os.environ | {"JOURNEY_DATA_DIR": str(empty.data_dir)},
        check=False,
    )
    assert done.returncode != 0
    assert "nothing is published yet; run `journey run`" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_is_served_on_loopback_to_those_with_the_token(shop: Shop, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log"
    with open(log, "w") as words:
        server = subprocess.Popen(
            [JOURNEY, "notebook", "--headless", "--port", str(port)],
            stdout=words,
            stderr=subprocess.STDOUT,
            env=shop.environment(),
        )
    try:
        deadline = time.monotonic() + 120
        while not (found := re.search(r"access_token=(\S+)", log.read_text())):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        # The address is printed before the socket listens.
        while not (ours := listening(server.pid)):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        assert ours == {("127.0.0.1", port)}
        assert psutil.Process(server.pid).environ()["MARIMO_SKIP_UPDATE_CHECK"] == "1"
        address = f"http://127.0.0.1:{port}/"
        assert "login" not in where(f"{address}?access_token={found[1]}")
        assert "login" in where(address)
    finally:
        server.terminate()
        server.wait()


def listening(pid: int) -> set[tuple[str, int]]:
    """The addresses and ports on which a process waits for connections."""
    sockets = psutil.Process(pid).net_connections()
    return {(c.laddr.ip, c.laddr.port) for c in sockets if c.status == psutil.CONN_LISTEN}


def where(address: str) -> str:
    """Which page a browser is led to."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        with browser.open(address) as answer:
            return answer.url
    except urllib.error.HTTPError as error:
        return error.url


def test_what_cannot_be_opened_is_said_before_anything_starts(
    desk: Settings, empty: Settings, tmp_path: Path
) -> None:
    how = {"edit": False, "headless": True}
    other = tmp_path / "notes.txt"
    other.touch()
    for path in (tmp_path / "absent.py", other):
        with pytest.raises(ConfigurationError, match="no such notebook"):
            open_notebook(desk, path, port=2718, **how)
    with pytest.raises(DataError, match="nothing is published yet"):
        open_notebook(empty, None, port=2718, **how)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} on 127.0.0.1 is taken"):
            open_notebook(desk, None, port=port, **how)
