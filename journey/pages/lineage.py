"""Where every column comes from: read out of the SQL that dbt compiled, and shown on one page.

Works on what the last build left: the manifest with its compiled SQL, and the warehouse for the
columns of its tables. Models in Python have no SQL to read: of them the tables are shown.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from journey.core import database
from journey.core.errors import ConfigurationError
from journey.core.files import replace_text
from journey.core.settings import Settings
from journey.pages import base

if TYPE_CHECKING:  # sqlglot is imported when lineage is asked for
    from sqlglot.schema import MappingSchema

PAGE = "lineage.html"
Schema = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class Origin:
    """One column of a table, and the columns of other tables that it is made of."""

    table: str
    column: str
    description: str
    sources: tuple[tuple[str, str], ...]


def write_lineage(settings: Settings, folder: Path) -> Path:
    """Write `lineage.html` into the folder; takes some seconds.

    Raises ConfigurationError where nothing has been built yet.
    """
    path = settings.dbt_target_dir / "manifest.json"
    if not path.exists() or not settings.warehouse_path.exists():
        raise ConfigurationError(
            f"{settings.data_dir}: nothing has been built here that lineage could be read from; "
            "run `journey run` first"
        )
    manifest = json.loads(path.read_text(encoding="utf-8"))
    with database.connect(settings, settings.warehouse_path, read_only=True) as connection:
        schema = schema_of(connection)
    return replace_text(folder / PAGE, render(origins(manifest, schema)))


def origins(manifest: Mapping[str, Any], schema: Schema) -> list[Origin]:
    """Every column of every model, marts first, in the order of the table."""
    from sqlglot.schema import MappingSchema

    known = MappingSchema({**schema}, dialect="duckdb")  # made once: it is asked for every column
    rank = {"marts": 0, "intermediate": 1, "staging": 2}
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    models.sort(key=lambda node: (rank.get(node["schema"], 3), node["name"]))
    return [
        origin
        for node in models
        for origin in _origins_of(
            node, known, list(schema.get(node["schema"], {}).get(node["name"], {}))
        )
    ]


def _origins_of(
    node: Mapping[str, Any], known: "MappingSchema", columns: list[str]
) -> Iterator[Origin]:
    from sqlglot import exp, parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    descriptions = {column["name"]: column["description"] for column in node["columns"].values()}
    query = scope = None
    if node["language"] == "sql":
        query = parse_one(node["compiled_code"], dialect="duckdb")
        query = qualify(query, dialect="duckdb", schema=known, validate_qualify_columns=False)
        scope = build_scope(query)
    for column in columns:
        sources: set[tuple[str, str]] = set()
        if query is not None:
            # Nothing is copied or trimmed for show: it is the names that are wanted.
            found = lineage(
                column, query, known, dialect="duckdb", scope=scope, trim_selects=False, copy=False
            ).walk()
            sources = {
                (f"{step.source.db}.{step.source.name}", step.name.rpartition(".")[2].strip('"'))
                for step in found
                if isinstance(step.source, exp.Table)
            }
        yield Origin(
            table=f"{node['schema']}.{node['name']}",
            column=column,
            description=descriptions.get(column, ""),
            sources=tuple(sorted(sources)),
        )


def schema_of(connection: duckdb.DuckDBPyConnection) -> Schema:
    """Tables and views and their columns, raw ones included: schema, table, column, type."""
    schema: Schema = {}
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal order by schema_name, table_name, column_index"
    ).fetchall()
    for place, table, column, kind in rows:
        schema.setdefault(place, {}).setdefault(table, {})[column] = kind
    return schema


def render(columns: list[Origin]) -> str:
    """The page: a section a table, a row a column, each source a link to its own row."""
    known = {(origin.table, origin.column) for origin in columns}
    tables: dict[str, list[Origin]] = {}
    for origin in columns:
        tables.setdefault(origin.table, []).append(origin)
    contents = " · ".join(
        f'<a href="#{table}">{table}</a>' for table in tables if table.startswith("marts.")
    )
    sections = "\n".join(
        f'<h2 id="{table}">{table}</h2>\n<table class="rows"><thead><tr><th>Column</th>'
        "<th>What it is</th><th>Made of</th></tr></thead><tbody>\n"
        + "\n".join(_row(origin, known) for origin in own)
        + "\n</tbody></table>"
        for table, own in tables.items()
    )
    return base.page(
        "Where columns come from",
        f"<h1>Where columns come from</h1>\n<p>Each column of the marts, then of the tables "
        f"before them, with the columns that it is made of; follow a link towards the raw data. "
        f"No link: counted, constant, or computed by a Python model.</p>\n<p>{contents}</p>\n"
        f"{sections}",
    )


def _row(origin: Origin, known: set[tuple[str, str]]) -> str:
    made_of = ", ".join(
        f'<a href="#{table}.{column}">{table}.{column}</a>'
        if (table, column) in known
        else escape(f"{table}.{column}")
        for table, column in origin.sources
    )
    return (
        f'<tr id="{origin.table}.{origin.column}"><th scope="row">{escape(origin.column)}</th>'
        f"<td>{escape(origin.description)}</td>"
        f'<td data-column="Made of">{made_of}</td></tr>'
    )
