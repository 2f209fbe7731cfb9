"""`journey shell`: harlequin on the published snapshot, as sealed as `journey sql`."""

import contextlib
import os
import pty
import select
import signal
import time

import pytest
from harlequin.exception import HarlequinQueryError
from harlequin_duckdb import DuckDbAdapter

from journey.core.errors import ConfigurationError, DataError
from journey.core.settings import Settings
from journey.read.shell import open_shell, shell_command
from journey.read.snapshot import SANDBOX
from tests.conftest import JOURNEY, Shop

QUIT = b"\x11"  # Control-Q


def test_its_connection_finds_the_marts_and_nothing_else(desk: Settings) -> None:
    *_, database = shell_command(desk)
    connection = DuckDbAdapter((database,), init_path=SANDBOX, read_only=True).connect()
    try:
        assert connection.execute("select entered from stage_funnel").fetchone() == (1,)
        for query in (
            f"from read_csv('{desk.ledger_path}')",
            "drop table runs",
            "set enable_external_access = true",
        ):
            with pytest.raises(HarlequinQueryError):
                connection.execute(query).fetchall()
    finally:
        connection.conn.close()


def test_it_opens_in_a_terminal_and_leaves_on_request(shop: Shop) -> None:
    process, terminal = pty.fork()
    if process == 0:
        size = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        os.execve(JOURNEY, ["journey", "shell"], shop.environment(**size))  # noqa: S606
    shown = b""
    asked = time.monotonic()
    deadline = asked + 120
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # the terminal has closed
                break
        # It may never fall silent, and may not yet listen: it gets the key again until it leaves.
        if b"Data Catalog" in shown and time.monotonic() > asked + 1:
            with contextlib.suppress(OSError):
                os.write(terminal, QUIT)
            asked = time.monotonic()
    else:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert b"Data Catalog" in shown
    assert os.waitstatus_to_exitcode(status) == 0


def test_without_harlequin_a_sentence_says_how_to_get_it(
    desk: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journey.read.extras.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"install the extra 'shell' .*\[shell\]"):
        open_shell(desk)


def test_before_the_first_run_there_is_nothing_to_open(empty: Settings) -> None:
    with pytest.raises(DataError, match="nothing is published yet"):
        open_shell(empty)
