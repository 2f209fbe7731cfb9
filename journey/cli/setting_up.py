"""The commands before the first run: what would become of one's own exports."""

from typing import Annotated

import typer

from journey.cli.app import Config, DataDir
from journey.core.errors import ConfigurationError, DataError
from journey.core.settings import Settings

group = typer.Typer()


@group.command()
def check(
    source: Annotated[
        str | None, typer.Argument(help="One source of the settings; default: all of them.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows of each file to look at.")] = 100_000,
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
    from journey.cli import checking
    from journey.ingest import trial

    settings = Settings.load(config, data_dir)
    sources = [known for known in settings.sources if source in (None, known.name)]
    if not sources:
        raise ConfigurationError(
            f"no source '{source}'; {_known(settings)}"
            if source
            else f"{settings.config_file}: it names no source; docs/guides/your-data.md shows "
            "how to add one"
        )
    found = trial.check(settings, sources, rows=rows, is_showing_values=is_showing_values)
    checking.show(found, as_json=json, is_showing_values=is_showing_values)
    if any(of.is_lossy for of in found) or not any(of.file for of in found):
        raise typer.Exit(DataError.exit_code)


def _known(settings: Settings) -> str:
    names = ", ".join(source.name for source in settings.sources)
    return f"the settings have {names}" if names else "the settings have none"
