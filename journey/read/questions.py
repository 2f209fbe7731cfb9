"""The questions of `dbt_project/analyses/` and a team's own, and answers from what is published.

A question is a file `NN_short_name.sql`: a comment whose first line asks and whose other lines say
how to read the answer, then one query on `marts.…`. The folder is the list. A team's own are in
`questions/` beside its settings file, where one replaces the shipped question of its file name. How
an answer looks is question_printing.py's.
"""

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from journey.core.errors import ConfigurationError
from journey.core.resources import own_or_shipped, resource
from journey.read.query import Answer, answer
from journey.read.snapshot import Snapshot

QUESTIONS_DIR = resource("dbt_project") / "analyses"
FILE_NAME = re.compile(r"(?P<number>\d+)_\w+\.sql")


@dataclass(frozen=True)
class Question:
    """What is asked, how to read what comes of it, and the query that answers it."""

    number: int
    sentence: str
    how_to_read: str
    sql: str
    path: Path


def own_questions_dir(own_dir: Path) -> Path:
    """Where a team keeps its own questions: `own_dir` is the folder of its settings file."""
    return own_dir / "questions"


def questions(own: Path | None = None, shipped: Path = QUESTIONS_DIR) -> list[Question]:
    """Every question that is shipped and every one of a team's own folder, by number.

    One of its own replaces the shipped one of its file name.
    """
    files = own_or_shipped(shipped, own or shipped, "*.sql")
    found = [_read(path) for _, path in sorted(files.items())]
    found.sort(key=lambda question: question.number)
    for before, question in itertools.pairwise(found):
        if before.number == question.number:
            raise ConfigurationError(
                f"{question.path}: question {question.number} is {before.path.name} already; give "
                "the file another number"
            )
    return found


def question(number: int, own: Path | None = None) -> Question:
    """The question of that number."""
    known = {question.number: question for question in questions(own)}
    if number not in known:
        raise ConfigurationError(
            f"there is no question {number}; `journey ask` lists them, 1 to {max(known, default=0)}"
        )
    return known[number]


def ask(snapshot: Snapshot, asked: Question) -> Answer:
    """What the question's query finds in the version that readers see now.

    Raises ConfigurationError, which names the file, where the version cannot answer it.
    """
    try:
        return answer(snapshot, asked.sql)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{asked.path}: version {snapshot.version.name} cannot answer it; run `journey run` "
            f"where a mart is newer than what is published. {error}"
        ) from None


def _read(path: Path) -> Question:
    named = FILE_NAME.fullmatch(path.name)
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = []
    while lines and lines[0].startswith("--"):
        comment.append(lines.pop(0).removeprefix("--").strip())
    if not named or len(comment) < 2 or not any(line.strip() for line in lines):
        raise ConfigurationError(
            f"{path}: a question is a file NN_short_name.sql with a comment line that asks, "
            "comment lines that say how to read the answer, and a query; make it so"
        )
    return Question(
        number=int(named["number"]),
        sentence=comment[0],
        how_to_read=" ".join(comment[1:]),
        sql="\n".join(lines).strip(),
        path=path,
    )
