"""The monitored metrics of every run: `metrics/<version>.parquet`, a file a published version.

A file is written aside and renamed, and a version that has none yet, because its run died, gets
it from its own snapshot by the next one. What is monitored is `metrics/*.sql` beside this module,
each giving figure, value (0 to 1) and people: nothing is registered, a file in that folder is run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb

from journey import publish
from journey.core import durable, sql
from journey.core.errors import EngineError
from journey.core.log import logger
from journey.core.paths import Paths
from journey.core.settings import Settings
from journey.core.sql import text
from journey.monitor.database import HERE, ask, opened
from journey.publish import Version

METRICS = HERE / "metrics"
COLUMNS = """version varchar, run_id varchar, as_of timestamp, published_at timestamp,
    figure varchar, value double, people bigint"""


@dataclass(frozen=True)
class Figure:
    """One figure of one run, and how many people stand behind it."""

    figure: str
    value: float | None
    people: int


def keep_others(settings: Settings, version: Version) -> None:
    """Write the figures of every other kept version that has none yet.

    One that cannot give them, because it lacks a mart of today, is left out.
    """
    for other in publish.versions(settings):
        if other.name == version.name or is_kept(settings, other):
            continue
        try:
            keep(settings, other, figures_of(settings, other))
        except EngineError as error:
            logger.warning("%s", error, extra={"step": "metrics"})


def is_kept(paths: Paths, version: Version) -> bool:
    return _path(paths, version).exists()


def kept(settings: Settings, version: Version) -> list[Figure]:
    """The figures of a version as they were kept."""
    path = _path(settings, version)
    with opened(settings, version) as connection:
        rows = connection.execute(
            f"select figure, value, people from read_parquet({sql.file(path)})"
        ).fetchall()
    return [Figure(*row) for row in rows]


def keep(settings: Settings, version: Version, figures: Sequence[Figure]) -> None:
    """Write the figures of a version, once."""
    if is_kept(settings, version):
        return
    path = _path(settings, version)
    temporary = path.with_suffix(".tmp")
    with opened(settings, version) as connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        as_table(connection, version, figures)
        connection.execute(f"copy figures to {text(temporary)} (format parquet)")
        durable.replace(temporary, path)


def figures_of(settings: Settings, version: Version) -> list[Figure]:
    """The figures of a published version, from its own marts."""
    values = variables(settings, version)
    files = sorted(METRICS.glob("*.sql"))
    with opened(settings, version) as connection:
        return [Figure(*row) for file in files for row in sorted(ask(connection, file, **values))]


def variables(settings: Settings, version: Version) -> Mapping[str, Any]:
    """What the SQL of a figure may read beside the marts."""
    return {
        "as_of": version.as_of.astimezone(UTC).replace(tzinfo=None),
        "conversion_window_days": settings.conversion_window_days,
        "recent_days": settings.alert_recent_days,
    }


def as_table(
    connection: duckdb.DuckDBPyConnection, version: Version, figures: Sequence[Figure]
) -> None:
    """The figures of a version as table `figures`, as they are kept."""
    connection.execute(f"create temp table figures ({COLUMNS})")
    run = (version.name, version.run_id, version.as_of, version.published_at)
    rows = [(*run, found.figure, found.value, found.people) for found in figures]
    if rows:  # a shop that has just begun has none yet
        connection.executemany("insert into figures values (?, ?, ?, ?, ?, ?, ?)", rows)


def _path(paths: Paths, version: Version) -> Path:
    return paths.metrics_dir / f"{version.name}.parquet"
