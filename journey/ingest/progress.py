"""How far the load of a source is, now and then: files and bytes, and for how long it has been on.

A large file is one statement of the database, so that a thread of its own shows that it goes on.
"""

import os
import threading
import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from journey.core.log import logger
from journey.core.sizes import in_words
from journey.ingest.planning.landing import Delivery

SECONDS = 5.0  # between two lines


class Progress:
    """Shows, while it is open, how many of these files have been read."""

    def __init__(self, step: str, source: str, deliveries: Sequence[Delivery]) -> None:
        self._step = step
        self._source = source
        self._sizes = {delivery.place: _size(delivery) for delivery in deliveries}
        self._done: set[tuple[str, str, int]] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show_on, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def count(self, deliveries: Iterable[Delivery]) -> None:
        """These have been read, or rejected."""
        # A set of its own: the thread may be looking at the one before.
        self._done = self._done | {delivery.place for delivery in deliveries}

    def restart(self) -> None:
        """All is read again."""
        self._done = set()

    def sentence(self) -> str:
        done = self._done
        read, size = sum(self._sizes[place] for place in done), sum(self._sizes.values())
        so_far = in_words(read) if read else "0 MB"
        files = "1 file" if len(self._sizes) == 1 else f"{len(self._sizes):,} files"
        return (
            f"source '{self._source}': {len(done):,} of {files} read, {so_far} of "
            f"{in_words(size)}, for {time.monotonic() - self._begun:,.0f} s"
        )

    def _show_on(self) -> None:
        while not self._over.wait(SECONDS):
            logger.info("%s", self.sentence(), extra={"step": self._step, "is_moving": True})


def _size(delivery: Delivery) -> int:
    try:
        return os.stat(delivery.path).st_size
    except OSError:
        return 0
