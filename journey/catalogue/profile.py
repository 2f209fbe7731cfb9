"""Running what the YAML declares: one read-only look at the private warehouse after a build."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from journey.catalogue import pictures
from journey.catalogue.metadata import Table
from journey.core import database, memory
from journey.core.errors import ConfigurationError, EngineError
from journey.core.redaction import without_values
from journey.core.settings import Settings

PREVIEW_ROWS = 5

Number = int | float
Cell = str | Number | bool | None


@dataclass(frozen=True)
class Shown:
    """What one table has to show: `picture` is markdown, `preview` a few rows.

    A view holds no rows; to count what it would give is to compute it once more.
    """

    row_count: int | None = None
    figures: dict[str, Number] = field(default_factory=dict)
    picture: str | None = None
    preview: list[dict[str, Cell]] = field(default_factory=list)


def look(settings: Settings, tables: Iterable[Table]) -> dict[str, Shown]:
    """What there is to show of each table, by its unique id in dbt.

    Raises EngineError for SQL that does not run, ConfigurationError for SQL that gives something
    else than was declared.
    """
    with database.connect(settings, settings.warehouse_path, read_only=True) as connection:
        return {table.unique_id: _look_at(connection, table) for table in tables}


def _look_at(connection: duckdb.DuckDBPyConnection, table: Table) -> Shown:
    return Shown(
        row_count=None if table.is_view else _row_count(connection, table),
        figures=_figures(connection, table),
        picture=_picture(connection, table),
        preview=_preview(connection, table),
    )


def _row_count(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    ((count,),) = _rows(connection, table, "row count", f"select count(*) from {table.relation}")
    return int(count)


def _figures(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, Number]:
    """The figures that have a value tonight; null or no row is left out."""
    figures = {}
    for name, sql in table.figures.items():
        rows = _rows(connection, table, f"figure '{name}'", sql)
        if len(rows) > 1 or not all(len(row) == 1 and _is_number(row[0]) for row in rows):
            raise ConfigurationError(
                f"dbt_project/{table.file}: {table.name}: the figure '{name}' of "
                "config.meta.figures must return one number; fix its SQL"
            )
        value = rows[0][0] if rows else None
        if value is not None and math.isfinite(value):
            figures[name] = value if isinstance(value, int) else float(value)
    return figures


def _picture(connection: duckdb.DuckDBPyConnection, table: Table) -> str | None:
    if table.picture is None:
        return None
    rows = _rows(connection, table, "picture", table.picture["sql"])
    try:
        return pictures.draw(table.picture["shape"], table.picture["title"], rows)
    except (TypeError, ValueError, ZeroDivisionError):
        raise ConfigurationError(
            f"dbt_project/{table.file}: {table.name}: the rows of config.meta.picture are not "
            f"those of a {table.picture['shape']}: {pictures.SHAPES[table.picture['shape']].rows}; "
            "fix its SQL"
        ) from None


def _preview(connection: duckdb.DuckDBPyConnection, table: Table) -> list[dict[str, Cell]]:
    if table.preview is None:
        return []
    rows = _rows(connection, table, "preview", table.preview)
    names = [column[0] for column in connection.description]
    return [
        {name: _cell(value) for name, value in zip(names, row, strict=True)}
        for row in rows[:PREVIEW_ROWS]
    ]


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, part: str, sql: str) -> list[Any]:
    try:
        return connection.execute(sql).fetchall()
    except duckdb.Error as error:
        reason = without_values(str(error))
        fix = memory.advice(reason, f"fix config.meta in dbt_project/{table.file}")
        raise EngineError(
            f"{table.address}: its {part} cannot be computed ({reason}); {fix}, and run again"
        ) from None


def _is_number(value: object) -> bool:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return value is None or is_number


def _cell(value: Any) -> Cell:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    found: Cell = value
    return found
