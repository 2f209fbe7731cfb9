"""The one way in which `watch` asks: a SQL file beside it, over a published version.

A file reads the version's tables as `marts.<mart>` and its values by `getvariable`, so that no SQL
here is put together from values.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from journey.core import database, memory
from journey.core.errors import EngineError
from journey.core.redaction import without_values
from journey.core.settings import Settings
from journey.core.sql import text
from journey.publish import Version

HERE = Path(__file__).parent


@contextmanager
def opened(settings: Settings, version: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the version's marts; raises EngineError where that fails."""
    try:
        with database.connect(settings) as connection:
            connection.execute(f"attach {text(version.database)} as published (read_only)")
            connection.execute("use published")
            yield connection
    except (duckdb.Error, OSError) as error:
        reason = without_values(str(error))
        raise EngineError(
            f"{settings.metrics_dir}: version {version.name} is published, but its figures could "
            f"not be kept or judged ({reason}); {memory.advice(reason, 'fix that')}, and the next "
            "run does it"
        ) from error


def ask(connection: duckdb.DuckDBPyConnection, file: Path, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a SQL file, with `values` as its variables."""
    for name, value in values.items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    return connection.execute(file.read_text(encoding="utf-8")).fetchall()
