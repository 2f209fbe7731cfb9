"""Processes that end with the one that started them, and whatever they started themselves."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Self

KEEPER = Path(__file__).with_name("end_with_parent.py")
LOG_BYTES, OLD_LOGS = 5_000_000, 2
PATIENCE_SECONDS = 40


class Family:
    """A group of processes; what they print goes to `log`, which rotates.

    Leaving the context asks all to end and kills those that do not. Where this process is killed
    itself, the keeper of the group kills all of it.
    """

    def __init__(self, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = RotatingFileHandler(
            log, maxBytes=LOG_BYTES, backupCount=OLD_LOGS, encoding="utf-8"
        )
        # No process inherits the write end: it closes with this process.
        readable, self._alive = os.pipe()
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER)], stdin=readable, process_group=0
        )
        os.close(readable)
        self._members: dict[str, subprocess.Popen[str]] = {}
        self._readers: list[threading.Thread] = []

    def start(self, name: str, *command: str) -> None:
        """Start a member of the group, which is called by this name."""
        member = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=self._keeper.pid,
        )
        self._members[name] = member
        reader = threading.Thread(target=self._keep_words, args=[member.stdout], daemon=True)
        reader.start()
        self._readers.append(reader)

    def ended(self) -> str | None:
        """The name of a member that has ended, if one has."""
        if self._keeper.poll() is not None:
            return "keeper"
        return next((n for n, member in self._members.items() if member.poll() is not None), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._signal(signal.SIGTERM)  # a run that is going on too, which ends as canceled
        deadline = time.monotonic() + PATIENCE_SECONDS
        for member in self._members.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                member.wait(max(0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        os.close(self._alive)
        for member in self._members.values():
            member.wait()
        self._keeper.wait()
        for reader in self._readers:
            reader.join()
        self._log.close()

    def _signal(self, number: signal.Signals) -> None:
        """To all of the group; the keeper heeds the last alone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._keeper.pid, number)

    def _keep_words(self, words: IO[str]) -> None:
        for line in words:
            self._log.emit(logging.makeLogRecord({"msg": line.rstrip("\n")}))
