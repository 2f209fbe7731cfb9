"""How nights and status look in a terminal. Words and tables only; no data is read here."""

import contextlib
import dataclasses
import json
import logging
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from orchestration import night as nights
from orchestration.progress import logger as progress_logger
from orchestration.settings import Settings


class _Lines(logging.Handler):
    """A line a step, as it is done."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        step = getattr(record, "step", "")
        colour = "red" if record.levelno >= logging.ERROR else "green"
        mark = "✗" if record.levelno >= logging.ERROR else "✓"
        self.console.print(f"[{colour}]{mark}[/] {step:<22} ", end="")
        self.console.print(record.getMessage(), markup=False)


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[None]:
    """Show the progress lines of a night while it runs."""
    # The stdout of now, held fast: the tools' own words are sent elsewhere while the night runs.
    handler = _Lines(Console(file=sys.stdout, highlight=False, soft_wrap=True, quiet=quiet))
    progress_logger.addHandler(handler)
    progress_logger.setLevel(logging.INFO)
    progress_logger.propagate = False
    try:
        yield
    finally:
        progress_logger.removeHandler(handler)
        progress_logger.propagate = True
