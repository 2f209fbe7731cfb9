"""What the project declares for the catalogue, read from dbt's manifest: `config.meta` as values.

Only the shape of the declarations is judged here. The SQL in them is run by `looking`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journey.catalogue.pictures import SHAPES
from journey.core.errors import ConfigurationError

TABLES = ("model", "seed")


@dataclass(frozen=True)
class Table:
    """A table that dbt builds, and what its YAML wants shown of it."""

    unique_id: str
    schema: str
    name: str
    file: str
    is_view: bool = False
    figures: Mapping[str, str] = field(default_factory=dict)
    picture: Mapping[str, str] | None = None
    preview: str | None = None

    @property
    def address(self) -> str:
        return f"{self.schema}/{self.name}"

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Exposure:
    """Something that reads the marts, and which; `asset` is its own, where a run makes it."""

    name: str
    kind: str
    description: str
    owner: str
    reads: tuple[str, ...]
    asset: str | None = None


@dataclass(frozen=True)
class Source:
    """Something that models read and dbt does not build."""

    address: str
    description: str
    owners: tuple[str, ...]


def tables(manifest: Path) -> list[Table]:
    """Every seed and model, sorted by address."""
    nodes = json.loads(manifest.read_text())["nodes"].values()
    found = [_table(node) for node in nodes if node["resource_type"] in TABLES]
    return sorted(found, key=lambda table: table.address)


def sources(manifest: Path) -> list[Source]:
    """Every source but the raw layer, which ingest makes and describes; sorted by address."""
    nodes = json.loads(manifest.read_text())["sources"].values()
    found = [
        Source(
            address=f"{node['schema']}/{node['name']}",
            description=node["description"],
            owners=tuple(node["config"]["meta"]["dagster"]["owners"]),
        )
        for node in nodes
        if node["schema"] != "raw"
    ]
    return sorted(found, key=lambda source: source.address)


def exposures(manifest: Path) -> list[Exposure]:
    """Every exposure, sorted by name; `reads` are the addresses of the tables."""
    content = json.loads(manifest.read_text())
    found = []
    for exposure in content["exposures"].values():
        nodes = [content["nodes"][unique_id] for unique_id in exposure["depends_on"]["nodes"]]
        found.append(
            Exposure(
                name=exposure["name"],
                kind=exposure["type"],
                description=exposure["description"],
                owner=exposure["owner"]["name"],
                reads=tuple(sorted(f"{node['schema']}/{node['name']}" for node in nodes)),
                asset=exposure["config"].get("meta", {}).get("asset"),
            )
        )
    return sorted(found, key=lambda exposure: exposure.name)


def _table(node: Mapping[str, Any]) -> Table:
    meta = node["config"].get("meta", {})
    table = Table(
        unique_id=node["unique_id"],
        schema=node["schema"],
        name=node["name"],
        file=(node.get("patch_path") or node["original_file_path"]).split("://")[-1],
        is_view=node["config"]["materialized"] == "view",
        figures=meta.get("figures") or {},
        picture=meta.get("picture"),
        preview=meta.get("preview"),
    )
    problem = _problem_of(table)
    if problem:
        raise ConfigurationError(f"dbt_project/{table.file}: {table.name}: {problem}")
    return table


def _problem_of(table: Table) -> str | None:
    if not isinstance(table.figures, dict) or not all(
        isinstance(sql, str) for sql in table.figures.values()
    ):
        return "config.meta.figures must give, for each name, SQL that returns one number; fix it"
    picture = table.picture
    if picture is not None and (
        not isinstance(picture, dict)
        or set(picture) != {"shape", "title", "sql"}
        or picture["shape"] not in SHAPES
    ):
        return (
            "config.meta.picture must have a title, the sql of its rows and a shape "
            f"({', '.join(SHAPES)}); fix it"
        )
    if table.preview is not None and not isinstance(table.preview, str):
        return "config.meta.preview must be the SQL of a few rows; fix it"
    return None
