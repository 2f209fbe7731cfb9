"""Column lineage: which columns of other tables each column of a table is made of.

Read out of what the last build left: the SQL that dbt compiled, and the warehouse for the columns
of its tables. It is kept beside them, and read again only where the SQL or a table's columns are
others than they were. How it is shown does not belong here.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from journey.core import database
from journey.core.errors import ConfigurationError
from journey.core.files import replace_text
from journey.core.paths import Paths
from journey.core.settings import Settings

if TYPE_CHECKING:  # sqlglot is imported where something is read again
    from sqlglot.lineage import Node
    from sqlglot.schema import MappingSchema

logger = logging.getLogger("journey")

TABLES = ("model", "seed")

# A table, such as marts.orders, and one of its columns.
Column = tuple[str, str]
# By table and column: the columns that it is made of, sorted. None for a count, for a constant, and
# for the columns of models in Python, which have no SQL to read.
Lineage = dict[str, dict[str, tuple[Column, ...]]]
# Schema, table, column, type.
Schema = dict[str, dict[str, dict[str, str]]]


def column_lineage(settings: Settings) -> Lineage:
    """Of every model of the last build; takes a second where it is not known yet.

    Raises ConfigurationError where nothing has been built.
    """
    manifest = read_manifest(settings)
    with database.connect(settings, settings.warehouse_path, read_only=True) as connection:
        schema = schema_of(connection)
    state = _state(manifest, schema)
    kept = _kept(_path(settings), state)
    if kept is None:
        kept = lineage_of(manifest, schema)
        replace_text(_path(settings), json.dumps({"state": state, "lineage": kept}))
    return kept


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest of the last build, with its compiled SQL. Raises ConfigurationError."""
    path = settings.dbt_target_dir / "manifest.json"
    if not path.exists() or not settings.warehouse_path.exists():
        raise ConfigurationError(
            f"{settings.data_dir}: nothing has been built here that lineage could be read from; "
            "run `journey run` first"
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def lineage_of(manifest: Mapping[str, Any], schema: Schema) -> Lineage:
    """Of every model in the manifest that the schema knows, in the order of its columns."""
    from sqlglot.schema import MappingSchema

    dialect = manifest["metadata"]["adapter_type"]
    layers = _layers(manifest)
    named = {name: schema[layer] for name, layer in layers.items() if layer in schema}
    known = MappingSchema({**named}, dialect=dialect)  # made once: it is asked for every model
    lineage: Lineage = {}
    for node in _models(manifest):
        layer = layers[node["schema"]]
        made_of = _sources_of(node, known, dialect, layers)
        lineage[f"{layer}.{node['name']}"] = {
            column: made_of.get(column, ())
            for column in schema.get(layer, {}).get(node["name"], {})
        }
    return lineage


def schema_of(connection: duckdb.DuckDBPyConnection) -> Schema:
    """Tables and views and their columns, raw ones included."""
    schema: Schema = {}
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal order by schema_name, table_name, column_index"
    ).fetchall()
    for place, table, column, kind in rows:
        schema.setdefault(place, {}).setdefault(table, {})[column] = kind
    return schema


def _models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def _layers(manifest: Mapping[str, Any]) -> dict[str, str]:
    """By the schema that an engine builds in: the layer, which is its name in the warehouse."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in TABLES]
    layers = {node["schema"]: node["config"]["schema"] for node in nodes}
    sources = manifest["sources"].values()
    return layers | {source["schema"]: source["source_name"] for source in sources}


def _sources_of(
    node: Mapping[str, Any], known: "MappingSchema", dialect: str, layers: Mapping[str, str]
) -> dict[str, tuple[Column, ...]]:
    """By column of the model: the columns of tables that are found at the ends of its steps."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    if node["language"] != "sql":
        return {}
    try:
        query = parse_one(node["compiled_code"], dialect=dialect)
        query = qualify(query, dialect=dialect, schema=known, validate_qualify_columns=False)
        # Nothing is copied or trimmed for show: it is the names that are wanted.
        found = lineage(
            None,
            query,
            known,
            dialect=dialect,
            scope=build_scope(query),
            trim_selects=False,
            copy=False,
        )
    except SqlglotError:
        # A fine model may be written in words that the library does not know: no reason to stop.
        logger.warning("%s.%s: its column lineage cannot be read", node["schema"], node["name"])
        return {}
    return {column: _tables_columns(end, layers) for column, end in found.items()}


def _tables_columns(end: "Node", layers: Mapping[str, str]) -> tuple[Column, ...]:
    """Those of the steps behind a column that are columns of tables."""
    from sqlglot import exp

    return tuple(
        sorted(
            {
                (
                    f"{layers.get(step.source.db, step.source.db)}.{step.source.name}",
                    step.name.rpartition(".")[2].strip('`"'),
                )
                for step in end.walk()
                if isinstance(step.source, exp.Table)
            }
        )
    )


def _path(paths: Paths) -> Path:
    return paths.dbt_target_dir / "column_lineage.json"


def _state(manifest: Mapping[str, Any], schema: Schema) -> str:
    """A fingerprint of all that lineage is read from."""
    queries = {node["unique_id"]: node.get("compiled_code") for node in _models(manifest)}
    content = json.dumps([metadata.version("sqlglot"), queries, schema], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _kept(path: Path, state: str) -> Lineage | None:
    """The lineage that was read from the same state; None where there is none."""
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["state"] != state:
            return None
        return {
            table: {
                column: tuple((origin, name) for origin, name in made_of)
                for column, made_of in columns.items()
            }
            for table, columns in content["lineage"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):  # damaged: it is read again
        return None
