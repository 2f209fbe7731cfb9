"""The commands that need Dagster, `run` and `serve`, and all of `journey` put together."""

from datetime import date, datetime
from typing import Annotated

import typer

from journey.cli import operating, people, querying, setting_up, showing, simulating
from journey.cli.app import Config, DataDir, assemble, perform
from journey.core.errors import ConfigurationError, DataError
from journey.core.settings import Settings

group = typer.Typer()


@group.command()
def run(
    date_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First delivery date.", metavar="DATE"),
    ] = None,
    date_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last delivery date.", metavar="DATE"),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="This one day.", metavar="DATE"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The instant to describe, UTC.", metavar="TIMESTAMP"),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Load every file of the landing paths again.")
    ] = False,
    full_rebuild: Annotated[
        bool, typer.Option("--full-rebuild", help="Make all tables anew from what is loaded.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 3 where a file is rejected or a source fails."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Load what is new, build the marts, pass every gate, publish.

    Exit codes: 0 published or nothing new (files may have been rejected: the last lines say so),
    2 configuration, 3 a blocking check failed or, with --strict, a file is rejected or a source is
    out of reach, 4 a tool failed.

    Example: journey run --from 2026-11-01 --to 2026-11-07
    """
    from journey.cli import console
    from orchestration import run

    first, last = _dates(date_from, date_to, on)
    if full_refresh and (first or last):
        raise ConfigurationError(
            "--full-refresh loads everything again and excludes --date, --from and --to; leave "
            "them out, or leave out --full-refresh to load what those dates delivered"
        )
    settings = Settings.load(config, data_dir, as_of=as_of)
    with console.progress(quiet=json):
        outcome = run.run(
            settings, first, last, full_refresh=full_refresh, full_rebuild=full_rebuild
        )
    console.run(settings, outcome, as_json=json)
    if strict and (outcome.rejected or outcome.unreached):
        raise typer.Exit(DataError.exit_code)


@group.command()
def forget(
    customer_id: people.CustomerId = None,
    email: people.Email = None,
    device: people.Device = None,
    file: people.ManyPeople = None,
    is_resumed: Annotated[
        bool, typer.Option("--resume", help="Finish what was begun and cut off, or left a trace.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Remove people from all that is kept: delivered files, rows, every version, logs. For good.

    All identifiers that the warehouse has stitched to them go. Everything is made anew without them
    and published, every byte is searched, and a receipt says in counts what was removed. What is
    delivered of them again is dropped and counted as forgotten.

    Exit codes: 0 forgotten, 2 configuration, 3 nothing is held of them, or something that cannot
    be rewritten still names them, 4 a tool failed.

    Example: journey forget --customer-id 7000000029
    """
    from journey.cli import console
    from journey.people import forgetting
    from orchestration import run

    settings = Settings.load(config, data_dir)
    asked = people.asked(customer_id, email, device, file)
    if is_resumed == bool(asked):
        raise ConfigurationError(
            "name people by --customer-id, --email, --device or --file, or give --resume alone"
        )
    if is_resumed and not forgetting.is_unfinished(settings):
        raise ConfigurationError("nothing was begun that could be resumed; name the people")
    if asked and forgetting.is_unfinished(settings):
        raise ConfigurationError(
            "people are still being forgotten; run `journey forget --resume` first"
        )
    with console.progress(quiet=json):
        if asked:
            forgetting.begin(settings, asked)
        run.run(settings, full_rebuild=True)
    people.show_receipt(settings, as_json=json)


@group.command()
def serve(
    is_operated: Annotated[
        bool,
        typer.Option("--operate", help="Run the schedule, and let the page launch runs."),
    ] = False,
    is_read_only: Annotated[
        bool, typer.Option("--read-only", hidden=True, help="The default; kept for scripts.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on loopback.")] = 3000,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Open the asset catalogue on this machine, read-only; with --operate the schedule runs too.

    Example: journey serve --operate --port 3001
    """
    from orchestration import server as server

    if is_operated and is_read_only:
        raise ConfigurationError("--operate and --read-only exclude each other; give either")
    server.serve(Settings.load(config, data_dir), port=port, operate=is_operated)


def _dates(
    date_from: datetime | None, date_to: datetime | None, on: datetime | None
) -> tuple[date | None, date | None]:
    if on and (date_from or date_to):
        raise ConfigurationError("--date is one day and excludes --from and --to; give either")
    first = on or date_from
    last = on or date_to
    if first and last and first > last:
        raise ConfigurationError(
            f"--from {first:%Y-%m-%d} lies after --to {last:%Y-%m-%d}; swap them"
        )
    return first.date() if first else None, last.date() if last else None


app = assemble(
    simulating.group,
    setting_up.group,
    group,
    operating.group,
    people.group,
    showing.group,
    querying.group,
)


def main() -> None:
    """Entry point of the command `journey`."""
    perform(app)
