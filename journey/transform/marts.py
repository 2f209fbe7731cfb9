"""Which marts there are: read from dbt's manifest, so that no list is kept by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def mart_names(manifest: Path) -> list[str]:
    """Names of the models in the schema `marts`, sorted."""
    return sorted(mart["name"] for mart in _marts(manifest))


def marts_of_people(manifest: Path) -> list[str]:
    """Names of the marts whose rows are a person's, which a run makes in parts, sorted."""
    return sorted(mart["name"] for mart in _marts(manifest) if "keyed_by" in mart["config"]["meta"])


def _marts(manifest: Path) -> Iterator[dict[str, Any]]:
    for node in json.loads(manifest.read_text())["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] == "marts":
            yield node
