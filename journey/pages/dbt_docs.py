"""dbt's own documentation as one page: every model with its SQL, its columns and its lineage.

`dbt docs generate --static` fills dbt's page with its manifest and a catalog read from a warehouse.
Here the manifest is enough, since contracts give every type: no warehouse is opened, no dbt is
waited for, and a run in progress is not disturbed. The page is shut off from the network, and
shows no path of this machine.
"""

import json
from pathlib import Path
from typing import Any

from journey.core.errors import EngineError
from journey.core.files import replace_text

PAGE = "dbt.html"
# The page holds all that it shows. Whatever else it may ask for, a browser refuses.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:"
)
HEAD = "<head>"
# What the page would look for beside itself in vain: an icon, and icons before they have a name.
MENDED = {
    """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>""": "",
    '<use xlink:href="{{': '<use ng-attr-href="{{',
}
MANIFEST, CATALOG = '"MANIFEST.JSON INLINE DATA"', '"CATALOG.JSON INLINE DATA"'
# Where a manifest says which folder of which machine something is in.
PLACES = {"root_path"}


def write_dbt_docs(manifest_path: Path, folder: Path) -> Path:
    """Write `dbt.html` of the dbt manifest into `folder`; returns the page's path."""
    from dbt.task.docs import DOCS_INDEX_FILE_PATH  # late: dbt takes a while to import

    page = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"), object_hook=_without_places)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    for old, new in MENDED.items():
        page = page.replace(old, new)
    page = _replace_once(page, HEAD, HEAD + policy)
    page = _replace_once(page, MANIFEST, _script(manifest))
    page = _replace_once(page, CATALOG, _script(_declared(manifest)))
    return replace_text(folder / PAGE, page)


def _without_places(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name not in PLACES}


def _declared(manifest: dict[str, Any]) -> dict[str, Any]:
    """A catalog of the columns as contracts declare them."""
    nodes = {
        key: {
            "unique_id": key,
            "metadata": {
                **{name: node[name] for name in ("database", "schema", "name")},
                "type": node["config"]["materialized"],
                "owner": None,
            },
            "columns": {
                column["name"]: {
                    "name": column["name"],
                    "index": index,
                    "type": column["data_type"] or "",
                    "comment": None,
                }
                for index, column in enumerate(node["columns"].values(), start=1)
            },
            "stats": {},
        }
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["columns"]
    }
    return {"metadata": {}, "nodes": nodes, "sources": {}, "errors": None}


def _replace_once(page: str, old: str, new: str) -> str:
    if page.count(old) != 1:
        raise EngineError(
            f"dbt's page has changed: {old} is not in it once, so it cannot be made to work "
            "offline; use the dbt of requirements.lock (make run installs it)"
        )
    return page.replace(old, new)


def _script(value: dict[str, Any]) -> str:
    """JSON that can stand in a script: no description ends it."""
    return json.dumps(value).replace("</", "<\\/")
