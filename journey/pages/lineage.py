"""Where every column comes from, on one page: what `transform.lineage` read, with its links.

Models in Python have no SQL to read; their tables are shown, not the columns.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from journey.core.files import replace_text
from journey.core.settings import Settings
from journey.pages import base
from journey.transform.lineage import Column, Lineage, column_lineage, read_manifest

PAGE = "lineage.html"
# Marts come first, as they are what people read.
LAYERS = ("marts", "intermediate", "staging")


def write_lineage(settings: Settings, folder: Path) -> Path:
    """Write `lineage.html` into the folder.

    Raises ConfigurationError where nothing has been built yet.
    """
    manifest = read_manifest(settings)
    return replace_text(folder / PAGE, render(column_lineage(settings), descriptions_of(manifest)))


def descriptions_of(manifest: Mapping[str, Any]) -> dict[Column, str]:
    """What the columns of the models are."""
    return {
        (f"{node['schema']}.{node['name']}", column["name"]): column["description"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for column in node["columns"].values()
    }


def render(lineage: Lineage, descriptions: Mapping[Column, str]) -> str:
    """The page: a section a table, a row a column, each source a link to its own row."""
    known = {(table, column) for table, columns in lineage.items() for column in columns}
    tables = sorted((table for table in lineage if lineage[table]), key=_place)
    contents = " · ".join(
        f'<a href="#{table}">{table}</a>' for table in tables if table.startswith("marts.")
    )
    sections = "\n".join(
        f'<h2 id="{table}">{table}</h2>\n<table class="rows"><thead><tr><th>Column</th>'
        "<th>What it is</th><th>Made of</th></tr></thead><tbody>\n"
        + "\n".join(
            _row((table, column), descriptions.get((table, column), ""), made_of, known)
            for column, made_of in lineage[table].items()
        )
        + "\n</tbody></table>"
        for table in tables
    )
    return base.page(
        "Where columns come from",
        f"<h1>Where columns come from</h1>\n<p>Each column of the marts, then of the tables "
        f"before them, with the columns that it is made of; follow a link towards the raw data. "
        f"No link: counted, constant, or computed by a Python model.</p>\n<p>{contents}</p>\n"
        f"{sections}",
    )


def _place(table: str) -> tuple[int, str]:
    layer = table.partition(".")[0]
    return (LAYERS.index(layer) if layer in LAYERS else len(LAYERS)), table


def _row(column: Column, description: str, made_of: tuple[Column, ...], known: set[Column]) -> str:
    sources = ", ".join(
        f'<a href="#{".".join(source)}">{".".join(source)}</a>'
        if source in known
        else escape(".".join(source))
        for source in made_of
    )
    return (
        f'<tr id="{".".join(column)}"><th scope="row">{escape(column[1])}</th>'
        f'<td>{escape(description)}</td><td data-column="Made of">{sources}</td></tr>'
    )
