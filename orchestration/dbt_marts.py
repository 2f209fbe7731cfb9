"""Which marts there are: read from dbt's manifest, so that no list is kept by hand."""

import json
from pathlib import Path


def mart_names(manifest: Path) -> list[str]:
    """Names of the models in the schema `marts`, sorted."""
    nodes = json.loads(manifest.read_text())["nodes"].values()
    return sorted(
        node["name"]
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "marts"
    )
