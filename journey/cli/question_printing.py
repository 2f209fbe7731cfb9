"""How questions and their answers look: words and a table for people, CSV and JSON for machines."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from journey.cli import printing
from journey.publish import Version
from journey.read.query import Answer
from journey.read.questions import Question


def questions(listed: Sequence[Question], *, as_json: bool) -> None:
    """The list of what can be asked."""
    if as_json:
        print(json.dumps([{"number": q.number, "question": q.sentence} for q in listed]))
        return
    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    for question in listed:
        table.add_row(str(question.number), Text(question.sentence))
    console.print(table)
    console.print("\n`journey ask NUMBER` answers.", markup=False)


def answered(
    asked: Question, answer: Answer, version: Version, *, as_csv: bool, as_json: bool
) -> None:
    """The answer in the form that was asked for."""
    if as_json:
        document = {
            "number": asked.number,
            "question": asked.sentence,
            "how_to_read": asked.how_to_read,
            "version": version.name,
            "as_of": version.as_of.isoformat(),
            "rows": list(printing.objects(answer)),
        }
        print(json.dumps(document, ensure_ascii=False, default=str))
    elif as_csv:
        printing.as_csv(answer, sys.stdout)
    else:
        console = Console(highlight=False, soft_wrap=True)
        console.print(f"{asked.number}. {asked.sentence}", style="bold", markup=False)
        console.print(f"{asked.how_to_read}\n", markup=False)
        printing.table(answer, version)
