"""Which events were told already: `alerts.sqlite`, names and times only.

A memory that cannot be used must not keep anybody from being told: then everything is new.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from orchestration.settings import Settings

SCHEMA = "create table if not exists told (event text primary key, told_at text not null)"
BUSY_SECONDS = 5


def was_told(settings: Settings, event: str) -> bool:
    """Whether this event was told before."""
    with contextlib.suppress(sqlite3.Error, OSError), _open(settings) as connection:
        found = connection.execute("select 1 from told where event = ?", (event,)).fetchone()
        return found is not None
    return False


def remember(settings: Settings, event: str) -> None:
    """Have the event known as told."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with contextlib.suppress(sqlite3.Error, OSError), _open(settings) as connection:
        connection.execute("insert or ignore into told values (?, ?)", (event, now))


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
