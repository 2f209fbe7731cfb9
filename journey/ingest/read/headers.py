"""The columns of a table in text: by its first line, or by names that are known without one.

And which sign parts them. What the fields hold is not looked at.
"""

import csv
from contextlib import suppress
from dataclasses import dataclass

from journey.ingest.read import not_utf8
from journey.ingest.read.errors import UnreadableError

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_LINES = 200
MOST_ABOVE_HEADER = 50


@dataclass(frozen=True)
class Expected:
    """What is known of a table's columns before it is looked at; nothing of most.

    `fields` are those of a table without a header, which parts them by tabs and quotes nothing;
    `names` the columns of a CSV file that has none. `required` are names of a header: reports say
    what they are about in lines above it.
    """

    fields: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """`line` is the number of the header's line; 0 where there is none. `quote` may be empty."""

    names: tuple[str, ...]
    line: int
    separator: str
    quote: str = '"'


def find(head: bytes, expected: Expected) -> Header:
    """The columns of a table that begins so. Raises UnreadableError where they are none."""
    if expected.fields:
        return _of_tabs(head, expected.fields)
    if expected.names:
        return _given(head, expected.names)
    return _written(head, expected.required)


def _written(head: bytes, required: tuple[str, ...]) -> Header:
    """The header that a file has in its first line, or below what a report says of itself."""
    lines = head.decode("utf-8", errors="ignore").replace("\r\n", "\n").split("\n")
    if len(lines) == 1:
        lines = lines[0].split("\r")
    given = [(n, line) for n, line in enumerate(lines, 1) if line.strip()]
    below = given[:MOST_ABOVE_HEADER] if required else []
    number, line = next(((n, line) for n, line in below if _names_all(line, required)), given[0])
    if not_utf8.MARK in line:
        raise UnreadableError(f"its header, line {number}, is not UTF-8; {not_utf8.ADVICE}")
    separator = max(SEPARATORS, key=line.count)
    try:
        header = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        if len(line) > csv.field_size_limit():
            raise UnreadableError(
                f"a name in its header, line {number}, is too long for one; see whether the line "
                "is a header"
            ) from None
        raise UnreadableError(
            f"its header, line {number}, has an open quote; fix it, or take the line end out of "
            "the column's name"
        ) from None
    if not any(field.strip() for field in header):
        raise UnreadableError(f"its header, line {number}, names no column; give it one")
    return Header(tuple(field.strip() for field in header), number, separator)


def _names_all(line: str, required: tuple[str, ...]) -> bool:
    """Whether a line is a header with all these names, in whatever case."""
    with suppress(csv.Error):
        fields = next(csv.reader([line], delimiter=max(SEPARATORS, key=line.count)))
        return {name.lower() for name in required} <= {field.strip().lower() for field in fields}
    return False


def _given(head: bytes, header: tuple[str, ...]) -> Header:
    """By the separator that parts most of the first lines into as many fields as there are names.

    A first line that has just these names is a header all the same.
    """
    lines = head.decode("utf-8", errors="ignore").splitlines()
    first = [line for line in lines if line.strip()][:SAMPLE_LINES]
    parted = {separator: [_fields(line, separator) for line in first] for separator in SEPARATORS}
    fits = {
        separator: sum(len(fields) == len(header) for fields in rows)
        for separator, rows in parted.items()
    }
    separator = max(SEPARATORS, key=lambda tried: fits[tried])
    if not fits[separator]:
        most = max(len(rows[0]) for rows in parted.values())
        raise UnreadableError(
            f"its first line has {most:,} fields, and header_names of the source has "
            f"{len(header):,} names; give a name for each field"
        )
    names = [field.strip().lower() for field in parted[separator][0]]
    has_header = names == [name.lower() for name in header]
    header_line = 1 + next(n for n, line in enumerate(lines) if line.strip()) if has_header else 0
    return Header(header, header_line, separator)


def _fields(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator))
    except csv.Error:  # too long for one
        return []


def _of_tabs(head: bytes, fields: tuple[str, ...]) -> Header:
    """The fields of a table that is parted by tabs and quotes nothing."""
    lines = [line for line in head.splitlines() if line.strip()][:SAMPLE_LINES]
    counts = [line.count(b"\t") + 1 for line in lines]
    if len(fields) not in counts:
        raise UnreadableError(
            f"its first line has {counts[0]:,} fields, parted by tabs, and {len(fields):,} are "
            "expected; export it as the tool does"
        )
    has_header = lines[0].strip().decode(errors="replace").split("\t") == list(fields)
    return Header(fields, int(has_header), "\t", quote="")
