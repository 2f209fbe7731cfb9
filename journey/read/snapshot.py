"""Opening the published snapshot as a reader does: one whole version, read-only.

A sandboxed connection reads the snapshot and can do nothing else (`sandbox.sql`): a
pasted query neither reads other files nor changes anything. A run that publishes meanwhile does
not disturb it; it keeps the version it opened.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from journey import publish
from journey.core import database
from journey.core.errors import DataError, EngineError
from journey.core.paths import Paths
from journey.core.settings import Settings

NAME = "journey"
SANDBOX = Path(__file__).with_name("sandbox.sql")
# A version can be pruned between finding its name and opening it; the next one is there by then.
ATTEMPTS = 5


@dataclass(frozen=True)
class Snapshot:
    """A version and a connection to it, whose default schema is `marts`."""

    version: publish.Version
    connection: duckdb.DuckDBPyConnection

    @property
    def marts(self) -> list[str]:
        return sorted(self.version.row_counts)


def current_version(paths: Paths) -> publish.Version:
    """The version that readers see. Raises DataError where there is none yet."""
    version = publish.current(paths)
    if version is None:
        raise DataError(
            f"{paths.published_dir}: nothing is published yet; run `journey run` first (and "
            "`journey simulate` before it for the demo shop)"
        )
    return version


@contextlib.contextmanager
def open_snapshot(settings: Settings, *, sandboxed: bool = True) -> Iterator[Snapshot]:
    """The published snapshot, read-only. Without `sandboxed` the project's own SQL may write files.

    Raises DataError where nothing is published, EngineError where the file cannot be opened.
    """
    # Readers write nothing below the data dir, which may not be theirs. The file is attached to a
    # database in memory, so that one program may open it more than once.
    with (
        tempfile.TemporaryDirectory(prefix="journey-") as spill,
        database.connect(settings, spill_dir=Path(spill)) as connection,
    ):
        version = _attach(settings, connection)
        bare_names = f"set search_path = '{NAME}.marts'"
        connection.execute(SANDBOX.read_text() if sandboxed else bare_names)
        yield Snapshot(version, connection)


def _attach(paths: Paths, connection: duckdb.DuckDBPyConnection) -> publish.Version:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            version = current_version(paths)
            path = str(version.database).replace("'", "''")
            connection.execute(f"attach '{path}' as {NAME} (read_only)")
            return version
        except (FileNotFoundError, duckdb.IOException) as error:
            if attempt == ATTEMPTS:
                reason = " ".join(str(error).split())
                raise EngineError(
                    f"{paths.published_dir}: the published snapshot cannot be opened "
                    f"({reason}); see `journey status`, then `journey rollback` to a whole version"
                ) from None
    raise AssertionError("the loop returns or raises")
