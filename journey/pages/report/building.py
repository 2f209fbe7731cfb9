"""Making the report's folder from one published version, and nothing else.

The folder works by itself: the page, its data, its scripts and the chart library, and no address.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from journey import publish
from journey.core import database
from journey.core.errors import ConfigurationError, EngineError
from journey.core.lock import writer_lock
from journey.core.redaction import without_values
from journey.core.settings import Settings
from journey.pages.definitions import write_definitions
from journey.pages.report.finding import ACCOUNT, page
from journey.pages.report.rows import Rows, read_rows
from journey.pages.report.sections import Section, read_sections
from journey.publish import Version
from journey.read.escaping import copy_to_csv

PAGE_DIR = Path(__file__).parent / "page"
TEMPLATE = "index.html.j2"


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
            "the published data and the report before; fix that and run `journey report --rebuild`"
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
        shown = [(section, _section_rows(connection, section, folder)) for section in sections]
    _copy_page(folder, {section.chart for section in sections})
    write_definitions(prepare_project(settings).manifest, folder)
    (folder / "index.html").write_text(_page(settings, version, shown), encoding="utf-8")
    account = {"version": version.name, "as_of": version.as_of.isoformat()}
    (folder / ACCOUNT).write_text(json.dumps(account) + "\n", encoding="utf-8")


@contextmanager
def _snapshot(settings: Settings, version: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(settings, version.database, read_only=True) as connection:
        as_of = version.as_of.replace(tzinfo=None).isoformat()
        connection.execute(f"set variable as_of = timestamp '{as_of}'")
        yield connection


def _section_rows(connection: duckdb.DuckDBPyConnection, section: Section, folder: Path) -> Rows:
    connection.execute(f"create or replace temporary table section as {section.query}")
    copy_to_csv(connection, "from section", folder / "data" / f"{section.name}.csv")
    return read_rows(connection, "from section")


def _copy_page(folder: Path, charts: set[str]) -> None:
    for name in ("style.css", "report.js"):
        shutil.copyfile(PAGE_DIR / name, folder / name)
    (folder / "charts").mkdir()
    for chart in charts:
        shutil.copyfile(PAGE_DIR / "charts" / f"{chart}.js", folder / "charts" / f"{chart}.js")
    with as_file(files("plotly") / "package_data" / "plotly.min.js") as library:
        shutil.copyfile(library, folder / "plotly.min.js")


def _page(settings: Settings, version: Version, shown: list[tuple[Section, Rows]]) -> str:
    environment = Environment(
        loader=FileSystemLoader(PAGE_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The order of columns and measures is the section's own.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return environment.get_template(TEMPLATE).render(
        version=version,
        currency=settings.reporting_currency,
        sections=shown,
        charts=sorted({section.chart for section, _ in shown}),
    )
