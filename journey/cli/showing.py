"""The pages for people: the journey report, what everything means, where columns come from."""

import webbrowser
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from journey.cli.app import Config, DataDir, plain_console
from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.core.umask import as_the_user_makes_files

group = typer.Typer()


@group.command()
def report(
    is_opened: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    is_rebuilt: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild it from the published version.")
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say where the journey report is, and which version it describes.

    Example: journey report --open
    """
    from journey.pages import report as journey_report

    settings = Settings.load(config, data_dir)
    if is_rebuilt:
        journey_report.rebuild(settings)
    page, version = journey_report.find(settings)
    plain_console().print(f"{page} describes version {version}.", markup=False)
    if is_opened and not webbrowser.open(page.as_uri()):
        raise ConfigurationError(
            f"{page}: no browser could be started from here; open that file with one"
        )


@group.command()
def docs(
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder to write into; default docs/ in the data.")
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write what everything means: definitions.html for readers, dbt.html with SQL and lineage.

    Example: journey docs --to handbook
    """
    from journey.pages.dbt_docs import write_dbt_docs
    from journey.pages.definitions import write_definitions
    from journey.transform.project import prepare_project

    settings = Settings.load(config, data_dir)
    folder = to or settings.docs_dir
    manifest = prepare_project(settings).manifest
    for write in (write_definitions, write_dbt_docs):
        with as_the_user_makes_files() if to else nullcontext():
            page = write(manifest, folder)
        plain_console().print(f"Open {page}", markup=False)


@group.command()
def lineage(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder of the page; default docs/ of the data folder."),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write one offline page of column lineage: the columns that each column is made of.

    Example: journey lineage --to shared
    """
    from journey.pages.lineage import write_lineage

    settings = Settings.load(config, data_dir)
    with as_the_user_makes_files() if to else nullcontext():
        page = write_lineage(settings, to or settings.docs_dir)
    plain_console().print(str(page))
