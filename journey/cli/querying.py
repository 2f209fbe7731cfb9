"""Query and export: what is published, as questions, SQL, metrics, files and notebooks."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from journey.cli.app import Config, DataDir, one_form, plain_console
from journey.core.settings import Settings
from journey.core.umask import as_the_user_makes_files

group = typer.Typer()
PANEL = "Query and export"


@group.command(rich_help_panel=PANEL)
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

    one_form(csv=csv, json=json)
    settings = Settings.load(config, data_dir)
    own = questions.own_questions_dir(settings.own_dir)
    if number is None:
        question_printing.questions(questions.questions(own), as_json=json)
        return
    asked = questions.question(number, own)
    with open_snapshot(settings) as snapshot:
        answer = questions.ask(snapshot, asked)
        question_printing.answered(asked, answer, snapshot.version, as_csv=csv, as_json=json)


@group.command(rich_help_panel=PANEL)
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

    one_form(csv=csv, json=json)
    with open_snapshot(Settings.load(config, data_dir)) as snapshot:
        text = sys.stdin.read() if query == "-" else query
        if csv:
            printing.as_csv(answer(snapshot, text, limit), sys.stdout)
        elif json:
            printing.as_json(answer(snapshot, text, limit), sys.stdout)
        else:
            printing.table(answer(snapshot, text, limit or printing.TABLE_ROWS), snapshot.version)


@group.command(rich_help_panel=PANEL)
def shell(config: Config = None, data_dir: DataDir = None) -> None:
    """Open a SQL editor in the terminal (harlequin) on the published snapshot, read-only.

    Example: journey shell
    """
    from journey.read.shell import open_shell

    open_shell(Settings.load(config, data_dir))


@group.command(rich_help_panel=PANEL)
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
    plain_console().print(
        f"{done.rows:,} rows of {mart}, version {done.version.name}, are in {done.path}",
        markup=False,
    )


@group.command(rich_help_panel=PANEL)
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


@group.command(
    rich_help_panel=PANEL,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
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
