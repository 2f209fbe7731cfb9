"""How runs and status look in a terminal. Words and tables only; no data is read here."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from journey.cli.commands import given_options, with_options
from journey.core.log import logger as progress_logger
from journey.core.settings import Settings
from journey.pages import report

if TYPE_CHECKING:
    # Only named here: a status need not wait for what a simulation or a run imports.
    from demo import Summary
    from journey.publish import RunResult
    from journey.read.status import Status


SHOWN_REJECTED = 5
CLEARED = "\r\x1b[2K"  # the line that the cursor is in
BEHIND = "days\nbehind"  # in two lines, so that the table fits a terminal


class _Lines(logging.Handler):
    """A line a step, as it is done. On a terminal, how far one is stays in one line that moves."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self.console = console
        self.is_on_moving_line = False

    def emit(self, record: logging.LogRecord) -> None:
        is_moving = getattr(record, "is_moving", False)
        self.clear()
        self.is_on_moving_line = is_moving and self.console.is_terminal and not self.console.quiet
        if is_moving:
            end = "" if self.is_on_moving_line else "\n"
            line = f"… {getattr(record, 'step', ''):<22} {record.getMessage()}"
            if self.is_on_moving_line:
                line = line[: self.console.width - 1]  # a second line would stay
            self.console.print(line, markup=False, end=end)
            self.console.file.flush()
            return
        is_bad = record.levelno >= logging.WARNING
        self.console.print(
            "[red]✗[/]" if is_bad else "[green]✓[/]",
            f"{getattr(record, 'step', ''):<22}",
            end=" ",
        )
        self.console.print(with_options(record.getMessage()), markup=False)

    def clear(self) -> None:
        """Take a line that moves away, before anything else is written."""
        if self.is_on_moving_line:
            self.console.file.write(CLEARED)
            self.console.file.flush()
            self.is_on_moving_line = False


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[None]:
    """Show the progress lines of a run as they come."""
    # The stdout of now, held fast: the tools' own words are sent elsewhere meanwhile.
    handler = _Lines(Console(file=sys.stdout, highlight=False, soft_wrap=True, quiet=quiet))
    progress_logger.addHandler(handler)
    progress_logger.setLevel(logging.INFO)
    progress_logger.propagate = False
    try:
        yield
    finally:
        progress_logger.removeHandler(handler)
        progress_logger.propagate = True
        handler.clear()


def simulated(summary: Summary) -> None:
    """What a demo shop consists of."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"A shop of {summary.people:,} people, {summary.first} to {summary.last}, seed "
        f"{summary.seed}: {sum(summary.rows.values()):,} rows in {sum(summary.files.values()):,} "
        f"files ({summary.size / 1e6:,.0f} MB) under {_short(summary.landing_dir)}"
    )


def begun(path: Path) -> None:
    """A file of the demo shop's that an empty folder was given to begin with."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{_short(path)} is the demo shop's; put your own in its place.")


def run(settings: Settings, outcome: RunResult, *, as_json: bool) -> None:
    """What came of a run, and where to look next."""
    version = outcome.version
    if as_json:
        print(json.dumps(_run_as_dict(outcome), default=str))
        return
    console = Console(highlight=False, soft_wrap=True)
    if version is None:
        console.print("Nothing new: no file that the ledger does not know, so nothing published.")
        _not_published(console, outcome)
        return
    warnings = [check for check in version.checks if not check.is_passed]
    console.print()
    as_of = f"{version.as_of:%Y-%m-%d %H:%M}"
    console.print(f"[bold]Published version {version.name}[/], as of {as_of} UTC")
    number = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
    console.print(f"{len(version.checks)} checks on the marts, {number}")
    for check in warnings[:5]:
        console.print(f"  [yellow]![/] {check.asset}: {check.expected} ({check.detail})")
    console.print()
    for what, where in (
        ("the journey report", report.page(settings)),
        ("query", settings.published_dir / "current.duckdb"),
        ("Parquet", settings.published_dir / "parquet"),
        ("checks of the data", settings.checks_page),
        ("versions, freshness, quarantine", f"journey status{given_options()}"),
        ("the asset catalogue", f"journey serve{given_options()}"),
    ):
        console.print(f"  {what:<33}{_short(where)}", markup=False)
    _not_published(console, outcome)


def _not_published(console: Console, outcome: RunResult) -> None:
    """The last lines of a run: rows that are not in what is published, and ought to be, perhaps."""
    _withdrawn(console, outcome)
    _rejected(console, outcome)
    _unreached(console, outcome)


def _withdrawn(console: Console, outcome: RunResult) -> None:
    rows = sum(gone.rows for gone in outcome.withdrawn)
    if not rows:
        return
    console.print()
    number = "1 ROW IS" if rows == 1 else f"{rows:,} ROWS ARE"
    console.print(f"[bold red]✗ {number} GONE that the warehouse had before:[/]")
    for gone in outcome.withdrawn:
        console.print("[red]✗[/]", end=" ")
        console.print(gone.sentence, markup=False)
    console.print(outcome.withdrawn[0].advice, markup=False)


def _rejected(console: Console, outcome: RunResult) -> None:
    files = outcome.rejected
    if not files:
        return
    console.print()
    number = "1 file is" if len(files) == 1 else f"{len(files):,} files are"
    console.print(
        f"[bold red]✗ {number} REJECTED, and nothing that is published has their rows:[/]"
    )
    for file in files[:SHOWN_REJECTED]:
        console.print("[red]✗[/]", end=" ")
        console.print(file.reason, markup=False)
    more = len(files) - SHOWN_REJECTED
    console.print(
        f"{f'And {more:,} more. ' if more > 0 else ''}"
        + with_options(
            "Fix them and deliver them again; `journey status` lists them, and "
            "`journey run --strict` exits 3 while there are any."
        ),
        markup=False,
    )


def _unreached(console: Console, outcome: RunResult) -> None:
    for found in outcome.unreached:
        console.print()
        console.print("[bold red]✗ NOT ALL IS HERE[/] of", end=" ")
        console.print(found.sentence, markup=False)


def status(state: Status, *, as_json: bool) -> None:
    """The state of a warehouse: versions, sources, the last run, quarantine."""
    if as_json:
        print(json.dumps(state.as_dict(), default=str))
        return
    console = Console(highlight=False, soft_wrap=True)
    if not state.versions:
        console.print(with_options("Nothing is published yet: run `journey run`."))
    for sentence in state.wide:
        console.print("[yellow]![/]", end=" ")
        console.print(sentence, markup=False)
    _table(
        console,
        "Versions",
        ("", "version", "as of", "published", "rows"),
        [
            (
                "→" if line.is_current else "",
                line.name,
                _minute(line.as_of),
                _minute(line.published_at),
                f"{line.rows:,}",
            )
            for line in reversed(state.versions)
        ],
    )
    _table(
        console,
        "Sources",
        ("source", "kind", "files", "rows", "last delivery", "last event", BEHIND),
        [
            (
                line.source,
                line.kind,
                f"{line.files:,}",
                "unknown" if line.rows is None else f"{line.rows:,}",
                str(line.delivered_on or "never"),
                str(line.last_event_date or ""),
                "" if line.days_behind is None else str(line.days_behind),
            )
            for line in state.sources
        ],
        caption="days behind: counted from the latest event of any source",
    )
    if state.writing_since:
        console.print(
            f"A run is going on since {_minute(state.writing_since)} UTC; readers see the version "
            "before it until it has published."
        )
    if state.last_run:
        last = state.last_run
        console.print(
            f"Last run {last.run_id[:8]} at {_minute(last.started_at)}: {last.result}; "
            f"{_files(last.files)} loaded, {last.rejected_files:,} rejected; "
            f"{_rows(last.delivered)} delivered = {last.loaded:,} loaded + "
            f"{last.duplicate:,} duplicate + {last.restated:,} restated + "
            f"{last.quarantined:,} quarantined"
            + (f" + {last.forgotten:,} forgotten" if last.forgotten else "")
            + (
                f"; {last.withdrawn:,} withdrawn, as no file holds them any more"
                if last.withdrawn
                else ""
            )
        )
        for check in (*last.failures, *last.warnings):
            console.print(f"  [yellow]![/] {check.asset}: {check.expected} ({check.detail})")
        console.print()
    if state.quarantine:
        console.print("In quarantine", style="italic")
    for line in state.quarantine:
        console.print(
            f"{line.rows:>7,}  {line.kind} of {line.source}: {line.reason}, such as {line.example}",
            markup=False,
        )
    for rejected in state.rejected_files:
        console.print("[red]✗[/]", end=" ")
        console.print(rejected.reason, markup=False)


def _table(
    console: Console,
    title: str,
    columns: tuple[str, ...],
    rows: list[tuple[str, ...]],
    caption: str | None = None,
) -> None:
    if not rows:
        return
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    table.caption, table.caption_justify = caption, "left"
    for column in table.columns:
        column.overflow = "fold"  # a name that was cut off would name nothing
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


def _run_as_dict(outcome: RunResult) -> dict[str, object]:
    version = outcome.version
    rejected = [
        {"source": file.source, "file_name": file.file_name, "reason": file.reason}
        for file in outcome.rejected
    ]
    unreached = [
        {"sources": list(found.sources), "reason": found.reason} for found in outcome.unreached
    ]
    if version is None:
        return {
            "status": "nothing new",
            "rejected_files": rejected,
            "unreached": unreached,
            "withdrawn": [],
        }
    return {
        "status": "published",
        "run_id": outcome.run_id,
        "version": version.name,
        "as_of": version.as_of,
        "row_counts": version.row_counts,
        "rejected_files": rejected,
        "unreached": unreached,
        "withdrawn": [
            {"source": gone.source, "file_name": gone.file_name, "rows": gone.rows}
            for gone in outcome.withdrawn
        ],
        "warnings": [
            f"{check.asset} {check.check_name}" for check in version.checks if not check.is_passed
        ],
    }


def _short(path: Path | str) -> str:
    """A path as one would type it from here."""
    if isinstance(path, Path) and path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    return str(path)
