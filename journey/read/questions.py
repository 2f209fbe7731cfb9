"""The questions of `dbt_project/analyses/`, and their answers from the published snapshot.

A question is a file `NN_short_name.sql`: a comment whose first line asks and whose other lines say
how to read the answer, then one query on `marts.…`. The folder is the list. How an answer looks is
question_printing.py's.
"""

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from journey.core.errors import ConfigurationError
from journey.core.settings import PROJECT_DIR
from journey.read.query import Answer, answer
from journey.read.snapshot import Snapshot

QUESTIONS_DIR = PROJECT_DIR / "dbt_project" / "analyses"
FILE_NAME = re.compile(r"(?P<number>\d+)_\w+\.sql")


@dataclass(frozen=True)
class Question:
    """What is asked, how to read what comes of it, and the query that answers it."""

    number: int
    sentence: str
    how_to_read: str
    sql: str
    path: Path


def questions(folder: Path = QUESTIONS_DIR) -> list[Question]:
    """Every question of the folder, by number."""
    found = [_read(path) for path in sorted(folder.glob("*.sql"))]
    found.sort(key=lambda question: question.number)
    for before, question in itertools.pairwise(found):
        if before.number == question.number:
            raise ConfigurationError(
                f"{question.path}: question {question.number} is {before.path.name} already; give "
                "the file another number"
            )
    return found


def question(number: int, folder: Path = QUESTIONS_DIR) -> Question:
    """The question of that number."""
    known = {question.number: question for question in questions(folder)}
    if number not in known:
        raise ConfigurationError(
            f"there is no question {number} in {folder}; `journey ask` lists them, 1 to "
            f"{max(known, default=0)}"
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
