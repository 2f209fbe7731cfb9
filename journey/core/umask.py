"""The mask of permissions of new files. Imports nothing of this project: processes begin here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

PRIVATE = 0o077
_given: list[int] = []


def make_private() -> None:
    """Let this process and its children make files for their owner alone."""
    mask = os.umask(PRIVATE)
    if not _given:
        _given.append(mask)


@contextmanager
def as_the_user_makes_files() -> Iterator[None]:
    """For what is written where the user asked for it, such as an export."""
    mask = os.umask(_given[0]) if _given else None
    try:
        yield
    finally:
        if mask is not None:
            os.umask(mask)
