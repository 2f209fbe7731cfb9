"""Signals that ask a process to end, kept until what it was doing has ended.

Which signal came is read from the wake-up descriptor, whatever handles signals at that moment:
Dagster puts handlers of its own in place while it executes. A single interrupt may be lost, in a
library that swallows it or between two steps, so it is sent again until it is acknowledged.
"""

import os
import select
import signal
import threading

from journey.core.errors import StoppedError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AGAIN_SECONDS = 2.0


class _Watch:
    """What the wake-up descriptor of this process has received."""

    def __init__(self) -> None:
        self.acknowledged = threading.Event()
        self._signals: list[signal.Signals] = []
        self._lock = threading.RLock()
        self._readable, writable = os.pipe()
        for descriptor in (self._readable, writable):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
        threading.Thread(target=self._send_again, name="signals", daemon=True).start()

    def first(self) -> signal.Signals | None:
        with self._lock:
            try:
                received = os.read(self._readable, 64)
            except BlockingIOError:
                received = b""
            self._signals += [signal.Signals(byte) for byte in received if byte in SIGNALS]
            return self._signals[0] if self._signals else None

    def _send_again(self) -> None:
        while self.first() is None:
            select.select([self._readable], [], [])
        while not self.acknowledged.wait(AGAIN_SECONDS):
            os.kill(os.getpid(), signal.SIGINT)


_watches: list[_Watch] = []


def listen() -> None:
    """Let each of the signals raise KeyboardInterrupt in the main thread, and keep which it was."""
    watch()
    for number in SIGNALS:
        is_ignored = number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
        if not is_ignored:  # as `nohup` asks
            signal.signal(number, _interrupt)


def watch() -> None:
    """Keep which signal comes, no matter what handles it."""
    if not _watches and threading.current_thread() is threading.main_thread():
        _watches.append(_Watch())


def received() -> signal.Signals | None:
    """The first signal that came since this process watches."""
    return _watches[0].first() if _watches else None


def acknowledge() -> signal.Signals | None:
    """The first signal that came; from now on none interrupts this process."""
    for kept in _watches:
        kept.acknowledged.set()
    return received()


def stopped(outcome: str) -> StoppedError:
    """The error that says which signal ended this, and what came of it."""
    number = received() or signal.SIGINT
    name = "SIGINT (Ctrl-C)" if number is signal.SIGINT else number.name
    return StoppedError(f"stopped by {name}; {outcome}", number)


def _interrupt(_: int, __: object) -> None:
    if not (_watches and _watches[0].acknowledged.is_set()):
        raise KeyboardInterrupt
