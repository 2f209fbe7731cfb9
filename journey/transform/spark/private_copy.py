"""From the cluster's tables to the private warehouse that the gate judges and publishing reads.

Marts are copied, in their order and with what their YAML says of them. Intermediate tables are
shown there as views of the cluster's files until the next run begins, for the catalogue.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from journey.core import database
from journey.core.errors import EngineError
from journey.core.redaction import without_values
from journey.core.settings import Settings
from journey.core.sql import text
from journey.transform.spark.files import Files

COPIED = "marts"


def fill(settings: Settings, manifest: Path, schemas: Mapping[str, str]) -> None:
    """Make the private warehouse of what a build left on the cluster. Raises EngineError.

    `manifest` describes the project as DuckDB would build it; `schemas` has the cluster's schema
    of each layer.
    """
    files = Files.of(settings)
    with database.connect(settings, settings.warehouse_path) as connection:
        for node in _tables(manifest):
            layer, name = node["schema"], node["name"]
            kind = "table" if layer == COPIED else "view"
            connection.execute(f"create schema if not exists {layer}")
            try:
                connection.execute(
                    f"create {kind} {layer}.{name} as {files.query(schemas[layer], name)}"
                )
            except duckdb.IOException as error:
                raise EngineError(
                    f"{layer}.{name}: the cluster's table cannot be read in "
                    f"{files.folder(schemas[layer], name)} ({without_values(str(error))}); "
                    f"spark_files in {settings.config_file} must name the data dir as the cluster "
                    "sees it"
                ) from None
            if layer == COPIED:
                _describe(connection, node)


def _tables(manifest: Path) -> Iterator[Mapping[str, Any]]:
    """Those whose rows are written somewhere."""
    for node in json.loads(manifest.read_text())["nodes"].values():
        if node["resource_type"] == "model" and node["config"]["materialized"] != "view":
            yield node


def _describe(connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> None:
    """As dbt does on DuckDB: comments that readers of the snapshot see."""
    table = f"{node['schema']}.{node['name']}"
    connection.execute(f"comment on table {table} is {text(node['description'])}")
    for column in node["columns"].values():
        if column["description"]:
            connection.execute(
                f'comment on column {table}."{column["name"]}" is {text(column["description"])}'
            )
