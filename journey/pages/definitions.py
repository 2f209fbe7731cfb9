"""The page of definitions: what every term, mart, column and metric means, for their readers.

Made of dbt's manifest (descriptions beside the models, the terms in `models/terms.md`) and of the
project's `docs/definitions.md`. The same manifest gives the same page. Anchors: `#stage_funnel`,
`#stage_funnel.entered`, `#term.visit`, `#metric.orders`, `#definition.open-paths`. Nothing here
knows warehouses or settings.
"""

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from journey.core.files import replace_text
from journey.core.resources import resource

DEFINITIONS = resource("docs") / "definitions.md"
PAGE = "definitions.html"
TEMPLATE = "definition_page.html"
GRAIN = re.compile(r"(?P<about>.*?)\s*(?P<grain>One row per .*)", re.DOTALL)
# Descriptions are text with a little emphasis; a tag in one is shown, not obeyed.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink"])
DOCUMENT = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link"])


@dataclass(frozen=True)
class Heading:
    """A heading of `docs/definitions.md` that the page's contents name."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Entry:
    """Something that has a name, an anchor and a definition."""

    anchor: str
    title: str
    definition: Markup
    detail: str = ""


@dataclass(frozen=True)
class Mart:
    """A table: what it is about, what one row of it is, and its columns."""

    anchor: str
    subject: str
    about: Markup
    grain: Markup
    columns: tuple[Entry, ...]


def write_definitions(manifest_path: Path, folder: Path) -> Path:
    """Write `definitions.html` of the dbt manifest into `folder`; returns the page's path."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    marts = sorted(_marts(manifest), key=lambda mart: (mart.subject, mart.anchor))
    chapters, definitions = _definitions(DEFINITIONS.read_text(encoding="utf-8"))
    page = environment.get_template(TEMPLATE).render(
        chapters=chapters,
        definitions=definitions,
        terms=_terms(manifest),
        subjects=[
            (subject, list(members))
            for subject, members in itertools.groupby(marts, key=lambda mart: mart.subject)
        ],
        metrics=sorted(_metrics(manifest), key=lambda metric: metric.title),
    )
    return replace_text(folder / PAGE, page)


def _definitions(document: str) -> tuple[list[Heading], Markup]:
    """The chapters of the document, and all of it below the page's own headings."""
    tokens = DOCUMENT.parse(document)
    chapters = []
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "heading_open":
            slug = re.sub(r"[^a-z0-9]+", "-", inline.content.lower()).strip("-")
            opening.attrSet("id", f"definition.{slug}")
            if opening.tag == "h2":
                chapters.append(Heading(f"definition.{slug}", inline.content))
            opening.tag = closing.tag = f"h{int(opening.tag[1]) + 1}"
    _name_columns(tokens)
    html = DOCUMENT.renderer.render(tokens, DOCUMENT.options, {})
    return chapters, Markup(html)  # noqa: S704 - tags are escaped


def _name_columns(tokens: Sequence[Token]) -> None:
    """Give each cell the name of its column, which a narrow screen shows instead of a header."""
    names: list[str] = []
    place = 0
    for opening, inline in itertools.pairwise(tokens):
        match opening.type:
            case "table_open":
                names = []
            case "th_open":
                names.append(inline.content.strip("`"))
            case "tr_open":
                place = 0
            case "td_open":
                opening.attrSet("data-column", names[place])
                place += 1


def _terms(manifest: Mapping[str, Any]) -> list[Entry]:
    """In the order in which they are written, which is the one to read them in."""
    project = manifest["metadata"]["project_name"]
    return [
        _term(block["name"], block["block_contents"])
        for block in manifest["docs"].values()
        if block["package_name"] == project and not block["name"].startswith("__")
    ]


def _term(name: str, text: str) -> Entry:
    """A term of `terms.md`: a heading, and what it means."""
    title, _, definition = text.strip().partition("\n")
    return Entry(f"term.{name}", title.lstrip("# "), _paragraphs(definition))


def _marts(manifest: Mapping[str, Any]) -> Iterable[Mart]:
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or node["schema"] != "marts":
            continue
        description = " ".join(node["description"].split())
        parts = GRAIN.fullmatch(description)
        yield Mart(
            anchor=node["name"],
            # The folders between `marts/` and the model's own file.
            subject=" ".join(node["fqn"][2:-1]).replace("_", " "),
            about=_line(parts["about"] if parts else description),
            grain=_line(parts["grain"] if parts else ""),
            columns=tuple(
                Entry(
                    anchor=f"{node['name']}.{column['name']}",
                    title=column["name"],
                    definition=_line(column["description"]),
                    detail=column["data_type"] or "",
                )
                for column in node["columns"].values()
            ),
        )


def _metrics(manifest: Mapping[str, Any]) -> Iterable[Entry]:
    for metric in manifest.get("metrics", {}).values():
        yield Entry(
            anchor=f"metric.{metric['name']}",
            title=metric.get("label") or metric["name"].replace("_", " "),
            definition=_line(metric["description"]),
            detail=metric["name"],
        )


def _line(text: str) -> Markup:
    return Markup(MARKDOWN.renderInline(" ".join(text.split())))  # noqa: S704 - tags are escaped


def _paragraphs(text: str) -> Markup:
    return Markup(MARKDOWN.render(text))  # noqa: S704 - tags are escaped
