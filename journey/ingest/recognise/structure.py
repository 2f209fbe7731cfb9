"""What the first records of a file have: its columns, or the members of its JSON, and their depth.

What that says of its tool is `matching`'s to judge.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from journey.core import sql
from journey.core.sql import name, text
from journey.ingest.read.errors import UnreadableError
from journey.ingest.read.headers import Expected
from journey.ingest.read.inspection import Inspected, inspect
from journey.ingest.trial.first_rows import first_rows

RECORDS = 500
LARGEST_RECORD = 1 << 28
MOST_UNPACKED = 1 << 30
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Structure:
    """`paths` are the members of its records, in lower case, those within others with dots.

    `columns` are those of a table, or the members at the top, as they are spelled; `relation` is
    SQL: the first records, each column as text.
    """

    container: str
    paths: frozenset[str]
    columns: tuple[str, ...]
    relation: str


def structure_of(path: Path, folder: Path, expected: Iterable[Expected] = ()) -> Structure:
    """The structure of a file; copies are put into `folder`.

    `expected` are the columns that formats know of tables. Raises UnreadableError for a file that
    cannot be read at all.
    """
    own = Path(tempfile.mkdtemp(dir=folder))
    part = first_rows(path, RECORDS, own) or path
    inspected = _inspected(part, own, expected)
    rows, json_rows = _relations(inspected)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        if inspected.container == "csv":
            columns = tuple(column for column in _distinct(inspected.header) if column)
            return Structure("csv", frozenset(column.lower() for column in columns), columns, rows)
        [(given,)] = connection.execute(
            f"select json_group_structure(record) from ({json_rows})"
        ).fetchall()
        structure = json.loads(given) if given else {}
    while isinstance(structure, list):
        structure = structure[0] if structure else {}
    members = structure if isinstance(structure, dict) else {}
    if inspected.container == "json":
        values = [f"record ->> {text('$.' + name(m))} as {name(m)}" for m in members]
        rows = f"select {', '.join(values) or 'record'} from ({json_rows})"
    return Structure(inspected.container, frozenset(_paths(members)), tuple(members), rows)


def _inspected(part: Path, own: Path, expected: Iterable[Expected]) -> Inspected:
    """As a format expects the columns of a table to be, else as the file has them itself."""
    plain: Inspected | UnreadableError
    try:
        plain = inspect(part, own / "unpacked", MOST_UNPACKED)
    except UnreadableError as error:
        plain = error
    if isinstance(plain, Inspected) and plain.container != "csv":
        return plain
    for number, columns in enumerate(expected):
        try:
            found = inspect(part, own / f"unpacked{number}", MOST_UNPACKED, columns)
        except UnreadableError:
            continue
        if found.container == "csv" and (columns.fields or found.header_line > 1):
            return found
    if isinstance(plain, UnreadableError):
        raise plain
    return plain


def _relations(file: Inspected) -> tuple[str, str]:
    """SQL: the first records as columns of text, and each as one JSON value."""
    place = sql.file(file.path)
    if file.container == "json":
        layout = "auto" if file.is_document else "newline_delimited"
        objects = (
            f"select json as record from read_json_objects({place}, format = '{layout}', "
            f"maximum_object_size = {LARGEST_RECORD}"
            f"{'' if file.is_document else ', ignore_errors = true'}) limit {RECORDS}"
        )
        return objects, objects
    if file.container == "parquet":
        table = f"select * from read_parquet({place}) limit {RECORDS}"
    else:
        types = ", ".join(
            f"{text(column or f'column {number}')}: 'varchar'"
            for number, column in enumerate(_distinct(file.header), 1)
        )
        table = (
            f"select * from read_csv({place}, columns = {{{types}}}, delim = "
            f"{text(file.separator)}, quote = {text(file.quote)}, escape = {text(file.quote)}, "
            f"header = false, "
            f"skip = {file.header_line}, auto_detect = false, ignore_errors = true) "
            f"limit {RECORDS}"
        )
    return table, f"select to_json(line) as record from ({table}) as line"


def _distinct(header: Sequence[str]) -> list[str]:
    """The names of columns; one that stands there again is none, as a load reads the first."""
    seen: set[str] = set()
    names = []
    for given in header:
        names.append("" if given.lower() in seen else given)
        seen.add(given.lower())
    return names


def _paths(members: dict[str, Any], before: str = "") -> Iterator[str]:
    for member, inner in members.items():
        path = before + member.lower()
        yield path
        while isinstance(inner, list):
            inner = inner[0] if inner else None
        if isinstance(inner, dict):
            yield from _paths(inner, f"{path}.")


def column(given: str) -> str:
    """A column's name as an expression of a mapping: in quotes where it needs them."""
    return given if PLAIN.fullmatch(given) and given.lower() not in _reserved() else name(given)


@cache
def _reserved() -> frozenset[str]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
        ).fetchall()
    return frozenset(row[0] for row in rows)
