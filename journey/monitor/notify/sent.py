"""Which events were told by which channel: `alerts.sqlite`, names and times only.

A memory that cannot be used must not keep anybody from being told: then everything is new.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from journey.core.settings import Settings

SCHEMA = """create table if not exists told_by (
    event text, channel text, told_at text not null, primary key (event, channel)
)"""
BUSY_SECONDS = 5


def was_told(settings: Settings, event: str, channel: str) -> bool:
    """Whether this channel told this event before."""
    with contextlib.suppress(sqlite3.Error, OSError), _open(settings) as connection:
        found = connection.execute(
            "select 1 from told_by where event = ? and channel = ?", (event, channel)
        ).fetchone()
        return found is not None
    return False


def remember(settings: Settings, event: str, channel: str) -> None:
    """Have the event known as told by this channel."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with contextlib.suppress(sqlite3.Error, OSError), _open(settings) as connection:
        connection.execute("insert or ignore into told_by values (?, ?, ?)", (event, channel, now))


@contextlib.contextmanager
def _open(settings: Settings) -> Iterator[sqlite3.Connection]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(settings.alerts_path, timeout=BUSY_SECONDS)
    try:
        with connection:
            connection.execute(SCHEMA)
            yield connection
    finally:
        connection.close()
