"""Which events were reported by which channel: `alerts.sqlite`, names and times only.

A memory that cannot be used must not prevent an alert: then everything is new. One that
is damaged is set aside when a run begins, or every run would report everything again.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from journey.core.paths import Paths

SCHEMA = """create table if not exists reported_by (
    event text, channel text, reported_at text not null, primary key (event, channel)
)"""
OF_EARLIER = "select 1 from sqlite_master where type = 'table' and name = 'told_by'"  # up to 0.1.0
TAKE_OVER = (
    "insert or ignore into reported_by select event, channel, told_at from told_by",
    "drop table told_by",
)
BUSY_SECONDS = 5
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def was_reported(paths: Paths, event: str, channel: str) -> bool:
    """Whether this channel reported this event before."""
    with contextlib.suppress(sqlite3.Error, OSError), _open(paths) as connection:
        found = connection.execute(
            "select 1 from reported_by where event = ? and channel = ?", (event, channel)
        ).fetchone()
        return found is not None
    return False


def remember(paths: Paths, event: str, channel: str) -> None:
    """Record that this channel reported the event."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with contextlib.suppress(sqlite3.Error, OSError), _open(paths) as connection:
        connection.execute(
            "insert or ignore into reported_by values (?, ?, ?)", (event, channel, now)
        )


def is_of_earlier(paths: Paths) -> bool:
    """Whether an earlier release has written this memory, and none since."""
    if not paths.alerts_path.exists():
        return False
    with contextlib.suppress(sqlite3.Error, OSError), _open(paths) as connection:
        return connection.execute(OF_EARLIER).fetchone() is not None
    return False


def take_over(paths: Paths) -> None:
    """Know what an earlier release remembered under other names; all or nothing."""
    with _open(paths) as connection:
        if connection.execute(OF_EARLIER).fetchone():
            for statement in TAKE_OVER:
                connection.execute(statement)


def set_aside_if_damaged(paths: Paths) -> None:
    """Begin a new memory where this one is no database any more."""
    path = paths.alerts_path
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            found = connection.execute("pragma quick_check(1)").fetchone()[0]
            is_damaged = found != "ok"
    except sqlite3.Error as error:
        is_damaged = (getattr(error, "sqlite_errorcode", 0) & 0xFF) in DAMAGE
    if is_damaged:
        path.replace(path.with_name(f"{path.name}.damaged"))


@contextlib.contextmanager
def _open(paths: Paths) -> Iterator[sqlite3.Connection]:
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(paths.alerts_path, timeout=BUSY_SECONDS)
    try:
        with connection:
            connection.execute(SCHEMA)
            yield connection
    finally:
        connection.close()
