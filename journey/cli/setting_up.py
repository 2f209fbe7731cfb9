"""The commands before the first run: settings for exports, and what would become of them."""

import os
from pathlib import Path
from typing import Annotated

import typer

from journey.cli.app import Config, DataDir
from journey.core.errors import ConfigurationError, DataError
from journey.core.paths import CONFIG_VARIABLE, resolve_data_dir
from journey.core.settings import Settings

ROWS = 100_000

group = typer.Typer()


@group.command()
def init(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of your exports; default: data/landing.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="Currency of reported amounts, such as EUR.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Time zone of reported days, such as Europe/Berlin.")
    ] = None,
    is_forced: Annotated[
        bool, typer.Option("--force", help="Replace a settings file that is there.")
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a journey.toml for a folder of exports, and check what would become of them.

    The tool of each file is recognised by what the file holds; for a table of no known tool a
    mapping of its columns is proposed. On a terminal, what is not given is asked.

    Exit codes: 0 all would be kept, 2 configuration, 3 rows or files would be lost, or nothing was
    recognised.

    Example: journey init exports --currency EUR
    """
    from journey.cli import beginning

    written = Path(config or os.environ.get(CONFIG_VARIABLE) or "journey.toml").expanduser()
    written = written.resolve()
    data = resolve_data_dir(data_dir, written)
    beginning.write(written, data, folder, currency, time_zone, is_forced=is_forced)
    _check(Settings.load(written, data), None, ROWS)


@group.command()
def check(
    source: Annotated[
        str | None, typer.Argument(help="One source of the settings; default: all of them.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows of each file to look at.")] = ROWS,
    is_showing_values: Annotated[
        bool, typer.Option("--show-values", help="Show values of the file, whosever they are.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show what would become of the newest file of each source. Nothing is loaded or changed.

    Exit codes: 0 all of it would be kept, 2 configuration, 3 rows or files would be lost, or there
    is no file.

    Example: journey check shop --rows 1000
    """
    _check(
        Settings.load(config, data_dir),
        source,
        rows,
        as_json=json,
        is_showing_values=is_showing_values,
    )


def _check(
    settings: Settings,
    source: str | None,
    rows: int,
    *,
    as_json: bool = False,
    is_showing_values: bool = False,
) -> None:
    from journey.cli import checking
    from journey.ingest import trial

    sources = [known for known in settings.sources if source in (None, known.name)]
    if not sources:
        raise ConfigurationError(
            f"no source '{source}'; {_known(settings)}"
            if source
            else f"{settings.config_file}: it names no source; docs/guides/your-data.md shows how "
            "to add one, and `journey init` writes the file for a folder of exports"
        )
    found = trial.check(settings, sources, rows=rows, is_showing_values=is_showing_values)
    checking.show(found, as_json=as_json, is_showing_values=is_showing_values)
    if any(of.is_lossy for of in found) or not any(of.file for of in found):
        raise typer.Exit(DataError.exit_code)


def _known(settings: Settings) -> str:
    names = ", ".join(source.name for source in settings.sources)
    return f"the settings have {names}" if names else "the settings have none"
