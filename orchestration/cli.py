"""`journey`: one short function a command. Words and exit codes; the work is done elsewhere."""

import json as json_module
import logging
import os
import sys
import webbrowser
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from journey.cli.commands import with_options
from journey.core import stopping
from journey.core.errors import ConfigurationError, DataError, StoppedError
from journey.core.gc_tuning import collect_rarely
from journey.core.messages import explained
from journey.core.settings import Settings
from journey.core.umask import as_the_user_makes_files

app = typer.Typer(
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; default journey.toml.")
]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder; default data/.")]
DESK = "The analyst's desk"
UNFINISHED = "it had not finished; readers see what they saw before; run it again to finish it"


@app.callback()
def journey(context: typer.Context) -> None:
    """Journey Warehouse: the customer journey, loaded, gated and published.

    Example: journey simulate, then journey run, then journey status
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def simulate(
    people: Annotated[int, typer.Option(min=1, help="How many people visit the shop.")] = 5000,
    days: Annotated[int, typer.Option(min=1, help="Over how many days.")] = 120,
    seed: Annotated[int, typer.Option(help="Same seed, same shop.")] = 7,
    end_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day; default yesterday.", metavar="DATE"),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a demo shop's exports into the landing folder, with its truths in ground_truth.json.

    An installed journey begins in the current folder: where that has no journey.toml, it is given
    the demo shop's.

    Example: journey simulate --people 2000 --days 90 --seed 1
    """
    from demo import begin_warehouse
    from demo import simulate as simulate_shop
    from journey.cli import console
    from journey.core.paths import CONFIG_VARIABLE, default_config

    if config is None and not os.environ.get(CONFIG_VARIABLE):
        with as_the_user_makes_files():
            for path in begin_warehouse(default_config().parent):
                console.begun(path)
    settings = Settings.load(config, data_dir)
    summary = simulate_shop(
        settings.landing_dir,
        people=people,
        days=days,
        seed=seed,
        end_date=end_date.date() if end_date else None,
    )
    console.simulated(summary)


@app.command()
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
        bool, typer.Option("--full-refresh", help="Load every file of the landing paths anew.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 while a delivered file is rejected.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Run the night: load what is new, build, pass every gate, publish.

    Exit codes: 0 published or nothing new (files may have been rejected: the last lines say so),
    2 configuration, 3 a gate refused or, with --strict, a file is rejected, 4 a tool failed.

    Example: journey run --from 2026-11-01 --to 2026-11-07
    """
    from journey.cli import console
    from orchestration import run

    first, last = _dates(date_from, date_to, on)
    if full_refresh and (first or last):
        raise ConfigurationError(
            "--full-refresh loads everything anew and excludes --date, --from and --to; leave them "
            "out, or leave out --full-refresh to load what those dates delivered"
        )
    settings = Settings.load(config, data_dir, as_of=as_of)
    with console.progress(quiet=json):
        outcome = run.run(settings, first, last, full_refresh=full_refresh)
    console.night(settings, outcome, as_json=json)
    if strict and outcome.rejected:
        raise typer.Exit(DataError.exit_code)


@app.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show versions, freshness, the last run and what is in quarantine.

    Example: journey status
    """
    from journey.cli import console
    from journey.read.status import read_status

    console.status(read_status(Settings.load(config, data_dir)), as_json=json)


@app.command()
def report(
    is_opened: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    is_rebuilt: Annotated[
        bool, typer.Option("--rebuild", help="Make it anew from the published version.")
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
    console().print(f"{page} describes version {version}.", markup=False)
    if is_opened and not webbrowser.open(page.as_uri()):
        raise ConfigurationError(
            f"{page}: no browser could be started from here; open that file with one"
        )


@app.command(rich_help_panel=DESK)
def ask(
    number: Annotated[
        int | None, typer.Argument(help="Number of a question; without one, all are listed.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="The answer as CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Answer a shipped question, or one of questions/ beside journey.toml, from what is published.

    Example: journey ask 1
    """
    from journey.cli import question_printing
    from journey.read import open_snapshot, questions

    _one_form(csv=csv, json=json)
    settings = Settings.load(config, data_dir)
    own = questions.own_questions_dir(settings.own_dir)
    if number is None:
        question_printing.questions(questions.questions(own), as_json=json)
        return
    asked = questions.question(number, own)
    with open_snapshot(settings) as snapshot:
        answer = questions.ask(snapshot, asked)
        question_printing.answered(asked, answer, snapshot.version, as_csv=csv, as_json=json)


@app.command()
def doctor(
    is_repairing: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Make a lost ledger anew from raw, set damaged manifests aside, restore links.",
        ),
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say whether ledger, key and published versions are in order; with --repair, put them right.

    Exit codes: 0 in order, 4 something is not.

    Example: journey doctor --repair
    """
    from journey.cli import doctor as doctors

    doctors.run(Settings.load(config, data_dir), is_repairing=is_repairing)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def metrics(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND ...", help="A command of MetricFlow, such as query."),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Query the published metrics: MetricFlow's own commands (mf), options of journey before them.

    Example: journey metrics query --metrics revenue,orders --group-by metric_time__month
    """
    from journey.read import metrics as metricflow

    metricflow.run(Settings.load(config, data_dir), arguments or [])


@app.command()
def rollback(
    version: Annotated[str, typer.Argument(help="A version that `journey status` lists.")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Let readers see an earlier version again, in one step.

    Example: journey rollback 20261121T020000Z-1f3a
    """
    from journey import publish
    from journey.pages import report

    settings = Settings.load(config, data_dir)
    publish.rollback(settings, version)
    if report.described_version(settings) != version:
        report.rebuild(settings)  # the night of that version ended before its report was made
    console().print(
        f"Readers now see version {version}, until a night that finds something new publishes; "
        "mend the cause before it."
    )


@app.command()
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
    """Open the asset catalogue on loopback, to look at; with --operate the schedule runs as well.

    Example: journey serve --operate --port 3001
    """
    from orchestration import server as server

    if is_operated and is_read_only:
        raise ConfigurationError("--operate and --read-only exclude each other; give either")
    server.serve(Settings.load(config, data_dir), port=port, operate=is_operated)


@app.command()
def lineage(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder of the page; default docs/ of the data folder."),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write one offline page that tells of every column which columns it is made of.

    Example: journey lineage --to shared
    """
    from journey.pages.lineage import write_lineage

    settings = Settings.load(config, data_dir)
    with as_the_user_makes_files() if to else nullcontext():
        page = write_lineage(settings, to or settings.docs_dir)
    console().print(str(page))


@app.command(rich_help_panel=DESK)
def sql(
    query: Annotated[str, typer.Argument(help="The query, or - to read it from standard input.")],
    csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table; all rows.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="A JSON array instead of a table; all rows.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many rows; a table shows 100.")
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Ask the published snapshot a question in SQL; it can change nothing and read nothing else.

    Example: journey sql "from stage_funnel where month is null" --csv
    """
    from journey.cli import printing
    from journey.read import answer, open_snapshot

    _one_form(csv=csv, json=json)
    with open_snapshot(Settings.load(config, data_dir)) as snapshot:
        text = sys.stdin.read() if query == "-" else query
        if csv:
            printing.as_csv(answer(snapshot, text, limit), sys.stdout)
        elif json:
            printing.as_json(answer(snapshot, text, limit), sys.stdout)
        else:
            printing.table(answer(snapshot, text, limit or printing.TABLE_ROWS), snapshot.version)


@app.command(rich_help_panel=DESK)
def shell(config: Config = None, data_dir: DataDir = None) -> None:
    """Open a SQL editor in the terminal (harlequin) on the published snapshot, read-only.

    Example: journey shell
    """
    from journey.read.shell import open_shell

    open_shell(Settings.load(config, data_dir))


@app.command(rich_help_panel=DESK)
def export(
    mart: Annotated[str, typer.Argument(help="A published mart, such as stage_funnel.")],
    to: Annotated[Path, typer.Option("--to", help="A file ending in .csv, .parquet or .xlsx.")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a published mart to a file of your own, for a spreadsheet or another tool.

    Example: journey export cohort_retention --to retention.xlsx
    """
    from journey.read.export import export as export_mart

    with as_the_user_makes_files():
        done = export_mart(Settings.load(config, data_dir), mart, to)
    console().print(
        f"{done.rows:,} rows of {mart}, version {done.version.name}, are in {done.path}",
        markup=False,
    )


@app.command(rich_help_panel=DESK)
def notebook(
    file: Annotated[Path | None, typer.Argument(help="Default: the five worked answers.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on loopback.")] = 2718,
    edit: Annotated[bool, typer.Option("--edit", help="Change it, instead of reading it.")] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Open no browser.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Open a notebook (marimo) on loopback: five worked answers, or one of your own.

    Example: journey notebook mine.py --edit
    """
    from journey.read.notebook import open_notebook

    open_notebook(Settings.load(config, data_dir), file, edit=edit, port=port, headless=headless)


@app.command(rich_help_panel=DESK)
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
        console().print(f"Open {page}", markup=False)


def console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _one_form(*, csv: bool, json: bool) -> None:
    if csv and json:
        raise ConfigurationError("--csv and --json exclude each other; give either")


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


def main() -> None:
    """Entry point: an error is one sentence on stderr, and its exit code."""
    logging.captureWarnings(True)
    collect_rarely()
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
        print(json_module.dumps({"status": status, "error": str(ours)}))
    console(stderr=True).print(f"journey: {with_options(str(ours))}", markup=False)
    sys.exit(ours.exit_code)
