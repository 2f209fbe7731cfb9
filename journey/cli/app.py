"""The command line's frame: shared options, `--version`, and what an error becomes.

Every module of commands beside it has a `group`; `orchestration/cli.py` puts them together. Words
and exit codes are theirs; the work is done elsewhere.
"""

import json
import logging
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from journey.cli.commands import with_options
from journey.cli.help import show_flags_plainly
from journey.core import stopping
from journey.core.errors import ConfigurationError, JourneyError, StoppedError
from journey.core.gc_tuning import collect_rarely
from journey.core.messages import explained

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file; default: journey.toml here or in the clone."),
]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Data folder; default data/ beside the settings.")
]
UNFINISHED = "it had not finished; readers see what they saw before; run it again to finish it"


def assemble(*groups: typer.Typer) -> typer.Typer:
    """The command `journey` of these groups of commands, listed in their order."""
    show_flags_plainly()
    app = typer.Typer(
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(journey)
    for group in groups:
        app.add_typer(group)
    return app


def journey(
    context: typer.Context,
    is_version_asked: Annotated[
        bool, typer.Option("--version", help="Say which version this is.")
    ] = False,
) -> None:
    """Journey Warehouse: the customer journey, loaded, gated and published.

    Example: journey simulate, then journey run, then journey status
    """
    if is_version_asked:
        typer.echo(f"journey {metadata.version('journey-warehouse')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def plain_console(*, stderr: bool = False) -> Console:
    """A console that leaves words as they are."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def one_form(*, csv: bool, json: bool) -> None:
    """Raise ConfigurationError where an answer is asked for in two forms."""
    if csv and json:
        raise ConfigurationError("--csv and --json exclude each other; give either")


def perform(app: typer.Typer) -> None:
    """Run the command that was typed: an error is one sentence on stderr, and its exit code."""
    logging.captureWarnings(True)
    collect_rarely()
    ours: JourneyError
    try:
        code = app(standalone_mode=False)
        if not (code and stopping.acknowledge()):
            sys.exit(code or 0)
        ours = stopping.stopped(UNFINISHED)
    except (Exception, KeyboardInterrupt) as error:
        is_stopped = stopping.acknowledge() and not isinstance(error, StoppedError)
        if os.environ.get("JOURNEY_TRACEBACK"):
            raise
        ours = stopping.stopped(UNFINISHED) if is_stopped else explained(error)
    if "--json" in sys.argv:
        status = "stopped" if isinstance(ours, StoppedError) else "failed"
        print(json.dumps({"status": status, "error": str(ours)}))
    plain_console(stderr=True).print(f"journey: {with_options(str(ours))}", markup=False)
    sys.exit(ours.exit_code)
