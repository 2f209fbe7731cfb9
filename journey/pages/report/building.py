"""Making the report's folder from one published version, and nothing else.

The folder works by itself: the page, its data, its scripts and the chart library, and no address.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from journey import publish
from journey.core import database, memory, sql
from journey.core.errors import ConfigurationError, EngineError
from journey.core.lock import writer_lock
from journey.core.redaction import without_values
from journey.core.seeds import read_seed, seed_files
from journey.core.settings import Settings
from journey.pages.definitions import write_definitions
from journey.pages.report.finding import ACCOUNT, page
from journey.pages.report.rows import Rows, read_rows
from journey.pages.report.sections import PageName, Section, read_sections
from journey.publish import Version
from journey.read.escaping import copy_to_csv

PAGE_DIR = Path(__file__).parent / "page"
TEMPLATE = "index.html.j2"
PAGES: dict[PageName, str] = {"index": "Journey report", "health": "Data health"}
SCRIPTS = ("elements", "values", "address", "pictures", "annotations", "report", "page")


def build(settings: Settings, version: Version) -> Path:
    """Make the report of `version` and show it in one step; the caller holds the writer's lock.

    Raises EngineError when it cannot be made; then readers keep the report that they had.
    """
    try:
        publish.replace_report(version.directory, lambda folder: _fill(settings, version, folder))
    except (duckdb.Error, OSError) as error:
        reason = without_values(str(error))
        raise EngineError(
            f"{version.directory}: the journey report could not be made ({reason}); readers have "
            f"the published data and the report before; {memory.advice(reason, 'fix that')}, and "
            "run `journey report --rebuild`"
        ) from error
    return page(settings)


def rebuild(settings: Settings) -> Path:
    """Rebuild the report of the version that readers see, as the one writer."""
    with writer_lock(settings):
        version = publish.current(settings)
        if version is None:
            raise ConfigurationError(
                f"{settings.published_dir}: nothing is published that a report could be made of; "
                "run `journey run` first"
            )
        return build(settings, version)


def _fill(settings: Settings, version: Version, folder: Path) -> None:
    from journey.transform.project import prepare_project

    sections = [section for section in read_sections() if section.mart in version.row_counts]
    (folder / "data").mkdir()
    with _snapshot(settings, version) as connection:
        shown = [_shown(connection, section, folder) for section in sections]
    _copy_page(folder, {section.chart for section in sections})
    write_definitions(prepare_project(settings).manifest, folder)
    for name in PAGES:
        text = _page(settings, version, shown, name)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    account = {"version": version.name, "as_of": version.as_of.isoformat()}
    (folder / ACCOUNT).write_text(json.dumps(account) + "\n", encoding="utf-8")


@contextmanager
def _snapshot(settings: Settings, version: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(settings, version.database, read_only=True) as connection:
        as_of = version.as_of.replace(tzinfo=None).isoformat()
        connection.execute(f"set variable as_of = timestamp '{as_of}'")
        connection.execute(f"set variable time_zone = {sql.text(settings.reporting_time_zone)}")
        connection.execute(
            "set variable stage_model = (select any_value(stage_model) from marts.stage_names "
            "where is_default)"
        )
        _offer_names(connection, seed_files(settings.own_dir)["display_names"])
        yield connection


def _offer_names(connection: duckdb.DuckDBPyConnection, seed: Path) -> None:
    """name_of(kind, value) for headlines: as the page calls a value."""
    connection.execute(
        "create temporary table display_names as "
        f"from read_csv({sql.file(seed)}, header = true, all_varchar = true)"
    )
    connection.execute(
        "create temporary macro name_of(kind, given) as coalesce((select any_value(label) from "
        "display_names where name_of = kind and value = given), given)"
    )


@dataclass(frozen=True)
class _Shown:
    """A section with what it shows: its rows, and itself in one sentence, if it has one."""

    section: Section
    rows: Rows
    context: Rows | None
    headline: str | None
    is_good: bool


def _shown(connection: duckdb.DuckDBPyConnection, section: Section, folder: Path) -> _Shown:
    connection.execute(f"create or replace temporary table section as {section.query}")
    copy_to_csv(connection, "from section", folder / "data" / f"{section.name}.csv")
    rows = read_rows(connection, "from section")
    context = None
    if section.context_query:
        connection.execute(f"create or replace temporary table context as {section.context_query}")
        copy_to_csv(connection, "from context", folder / "data" / f"{section.name}_context.csv")
        context = read_rows(connection, "from context")
    said = read_rows(connection, section.headline).first if section.headline else {}
    return _Shown(section, rows, context, said.get("headline"), said.get("is_good", True))


def _copy_page(folder: Path, charts: set[str]) -> None:
    for name in ("style.css", *(f"{script}.js" for script in SCRIPTS)):
        shutil.copyfile(PAGE_DIR / name, folder / name)
    (folder / "charts").mkdir()
    for chart in charts:
        shutil.copyfile(PAGE_DIR / "charts" / f"{chart}.js", folder / "charts" / f"{chart}.js")
    with as_file(files("plotly") / "package_data" / "plotly.min.js") as library:
        shutil.copyfile(library, folder / "plotly.min.js")


def _page(settings: Settings, version: Version, all_shown: list[_Shown], name: PageName) -> str:
    environment = Environment(
        loader=FileSystemLoader(PAGE_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = [each for each in all_shown if each.section.page == name]
    # The order of columns and measures is the section's own.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return environment.get_template(TEMPLATE).render(
        title=PAGES[name],
        is_index=name == "index",
        health=[each for each in all_shown if each.section.page == "health"],
        version=version,
        currency=settings.reporting_currency,
        shown=shown,
        scripts=SCRIPTS,
        charts=sorted({each.section.chart for each in shown}),
        names=_display_names(settings),
        annotations=sorted(read_seed(settings.own_dir, "annotations"), key=lambda row: row["date"]),
        shared=_shared_switches(shown),
    )


def _display_names(settings: Settings) -> dict[str, dict[str, tuple[str, str]]]:
    """What the page calls a value, and what it means, by what it is a value of."""
    names: dict[str, dict[str, tuple[str, str]]] = {}
    for row in read_seed(settings.own_dir, "display_names"):
        names.setdefault(row["name_of"], {})[row["value"]] = (row["label"], row["meaning"])
    return names


def _shared_switches(shown: list[_Shown]) -> list[dict[str, Any]]:
    """The switches that hold for several sections, each with every value that one of them has."""
    switches: dict[str, dict[str, Any]] = {}
    for each in shown:
        for switch in each.section.switches:
            if switch.shared and each.rows.count:
                column = each.section.columns[switch.column]
                found = switches.setdefault(
                    switch.column,
                    {**switch.model_dump(), **column.model_dump(exclude={"label"}), "values": {}},
                )
                values = each.rows.columns[switch.column]
                found["values"] |= {_text(value): None for value in values}
    return [{**switch, "values": list(switch["values"])} for switch in switches.values()]


def _text(value: object) -> object:
    """As the page has a value of the rows: a date is its text."""
    return value.isoformat() if isinstance(value, date) else value
