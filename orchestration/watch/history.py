"""The watched figures of every night: `figures/<version>.parquet`, a file a published version.

A file is written aside and renamed, and a version that has none yet, because its night died, gets
it from its own snapshot by the next one. What is watched is `figures/*.sql`, each giving figure,
value (0 to 1) and people: nothing is registered, a file in that folder is watched.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb

from orchestration import publish
from orchestration.errors import EngineError
from orchestration.ingest.sql import text
from orchestration.progress import logger
from orchestration.publish import Version
from orchestration.settings import Settings
from orchestration.watch.database import HERE, ask, opened

FIGURES = HERE / "figures"
COLUMNS = """version varchar, run_id varchar, as_of timestamp, published_at timestamp,
    figure varchar, value double, people bigint"""


@dataclass(frozen=True)
class Figure:
    """One figure of one night, and how many people stand behind it."""

    figure: str
    value: float | None
    people: int


def keep(settings: Settings) -> None:
    """Write the figures of every kept version that has none yet.

    An earlier version that cannot give them, because it lacks a mart of today, is left out.
    """
    versions = publish.versions(settings)
    for version in versions:
        path = settings.figures_dir / f"{version.name}.parquet"
        if path.exists():
            continue
        try:
            _write(settings, version, path)
        except EngineError as error:
            if version is versions[-1]:
                raise
            logger.warning("%s", error, extra={"step": "figures"})


def figures_of(settings: Settings, version: Version) -> list[Figure]:
    """The figures of a published version, from its own marts."""
    with opened(settings, version) as connection:
        return _figures(connection, settings, version)


def _figures(
    connection: duckdb.DuckDBPyConnection, settings: Settings, version: Version
) -> list[Figure]:
    values = variables(settings, version)
    files = sorted(FIGURES.glob("*.sql"))
    return [Figure(*row) for file in files for row in sorted(ask(connection, file, **values))]


def variables(settings: Settings, version: Version) -> Mapping[str, Any]:
    """What the SQL of a figure may read beside the marts."""
    return {
        "as_of": version.as_of.astimezone(UTC).replace(tzinfo=None),
        "conversion_window_days": settings.conversion_window_days,
        "recent_days": settings.alert_recent_days,
    }


def _write(settings: Settings, version: Version, path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    night = (version.name, version.run_id, version.as_of, version.published_at)
    with opened(settings, version) as connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"create temp table figures ({COLUMNS})")
        rows = [
            (*night, found.figure, found.value, found.people)
            for found in _figures(connection, settings, version)
        ]
        if rows:  # a shop that has just begun has none yet
            connection.executemany("insert into figures values (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute(f"copy figures to {text(temporary)} (format parquet)")
        _flush(temporary)
        os.replace(temporary, path)
        _flush(path.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
