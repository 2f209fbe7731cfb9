"""The records of a CSV file counted by its lines, without the parser that reads it.

A quote that is opened and never closed makes a parser take the rows after it for one field. Here a
record spans several lines only where that is plausible: the quote opens and closes where a quote
may, the record has as many fields as the header, and its lines do not look like records themselves.
What looks like a record otherwise is one, and the line with the quote is a broken row.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from journey.ingest.read.inspection import Inspected

BLOCK = 1 << 22
SAMPLE_ROWS = 200
LOOKED_AT = 1000  # lines of one record, after which more of them show nothing new
MARK = "\x02stray\x02"  # what a line that is set aside begins with
NEITHER_QUOTE_NOR_END = bytes(byte for byte in range(256) if byte not in b'"\n')
has_blank = re.compile(r"\s").search
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Layout:
    """`records` lie in the file; the lines `stray` (by number) are broken by a quote."""

    records: int
    stray: tuple[int, ...]
    first_spanning: int | None  # the first line whose record goes on in the next


def lay_out(file: Inspected, *, look_at_all: bool = False) -> Layout:
    """Which lines of the file are records. With `look_at_all` also lines whose quotes pair up."""
    if not file.quote:
        return Layout(file.lines - file.header_line - _blank_lines(file.path), (), None)
    return _Scan(file, look_at_all).run()


def set_aside(file: Inspected, stray: tuple[int, ...], target: Path) -> Path:
    """Write a copy in which the stray lines are one field each, which no header fits."""
    numbers = set(stray)
    target.parent.mkdir(parents=True, exist_ok=True)
    more = file.separator if len(file.header) == 1 else ""
    first = 1
    with open(target, "wb") as copy:
        for block in _blocks(file.path):
            last = first + block.count(b"\n")
            within = sorted(number for number in numbers if first <= number < last)
            if within:
                lines = block.split(b"\n")
                for number in within:
                    line = lines[number - first].decode().replace('"', '""')
                    lines[number - first] = f'"{MARK}{line}"{more}'.encode()
                block = b"\n".join(lines)
            copy.write(block)
            first = last
    return target


def _blank_lines(path: Path) -> int:
    return sum(block.split(b"\n")[:-1].count(b"") for block in _blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    """The file in blocks of whole lines, all of which end with a line feed."""
    held = b""
    has_line_feeds = False
    with open(path, "rb") as file:
        while chunk := file.read(BLOCK):
            if chunk.endswith(b"\r"):
                chunk += file.read(1)
            has_line_feeds = has_line_feeds or b"\n" in chunk
            chunk = chunk.replace(b"\r\n", b"\n")
            if not has_line_feeds:
                chunk = chunk.replace(b"\r", b"\n")
            lines, end, rest = chunk.rpartition(b"\n")
            if end:
                yield held + lines + end
                held = rest
            else:
                held += rest
    if held:
        yield held + b"\n"


class _Grammar:
    """Quotes of a line, with the file's separator: a quoted field doubles the quotes in it."""

    def __init__(self, separator: str, fields: int) -> None:
        sep = re.escape(separator)
        field = rf'(?:"(?:[^"]|"")*+"|[^"{sep}][^{sep}]*+|)'
        self.separator = separator
        self.fields = fields
        self.is_regular = re.compile(rf"{field}(?:{sep}{field})*+").fullmatch
        self.opening = re.compile(rf'((?:{field}{sep})*+)"((?:[^"]|"")*+)').fullmatch
        self.closing = re.compile(rf'((?:[^"]|"")*+)"(?:{sep}(.*))?').fullmatch
        self._value = re.compile(rf'"(?:[^"]|"")*+"(?={sep}|\Z)|[^{sep}]*+').match

    def split(self, line: str) -> list[str]:
        values, place = [], 0
        while place <= len(line) and (found := self._value(line, place)):
            values.append(found[0])
            place = found.end() + 1
        return values


class _Scan:
    def __init__(self, file: Inspected, look_at_all: bool) -> None:
        self.file = file
        self.look_at_all = look_at_all
        self.grammar = _Grammar(file.separator, len(file.header))
        self.records = 0
        self.stray: list[int] = []
        self.first_spanning: int | None = None
        self.opener: _Opener | None = None

    def run(self) -> Layout:
        first = 1
        for block in _blocks(self.file.path):
            lines = _Lines(block, first)
            start = max(first, self.file.header_line + 1)
            for number in self._decisive(lines, start):
                self._count(lines, start, number)
                self._take(number, lines.text(number))
                start = number + 1
            first += lines.count
            self._count(lines, start, first)
        if self.opener is not None:  # it never closes
            self._break(self.opener)
        return Layout(self.records, tuple(self.stray), self.first_spanning)

    def _decisive(self, lines: "_Lines", start: int) -> list[int]:
        """The lines that may begin or end a record of several lines."""
        found = lines.quoted if self.look_at_all else lines.odd
        return [number for number in found if number >= start]

    def _count(self, lines: "_Lines", start: int, end: int) -> None:
        """Lines that decide nothing: records, or the inner lines of one."""
        if end <= start:
            return
        blank = 0 if self.grammar.fields == 1 else lines.blank_between(start, end)
        if self.opener is None:
            self.records += end - start - blank
            return
        self.opener.inner += end - start - blank
        for number in range(start, min(end, start + LOOKED_AT - self.opener.looked_at)):
            self.opener.look(self.sample.is_like(lines.text(number)))

    def _take(self, number: int, line: str) -> None:
        if self.opener is not None:
            if self._is_inner(line):
                self.opener.inner += 1
                self.opener.look(self.sample.is_like(line))
                return
            if self._closes(self.opener, line):
                self.records += 1
                self.first_spanning = self.first_spanning or self.opener.number
                self.opener = None
                return
            self._break(self.opener)
        found = self.grammar.opening(line)
        if found:
            self.opener = _Opener(number, found.group(1), found.group(2))
        else:
            self.records += 1
            if not self.grammar.is_regular(line):
                self.stray.append(number)

    def _is_inner(self, line: str) -> bool:
        """A line inside a quoted field whose quotes are all doubled leaves it open."""
        return '"' not in line.replace('""', "")

    def _break(self, opener: "_Opener") -> None:
        """The opener was a broken row, and the lines after it are records of their own."""
        self.stray.append(opener.number)
        self.records += 1 + opener.inner
        self.opener = None

    def _closes(self, opener: "_Opener", line: str) -> bool:
        found = self.grammar.closing(line)
        if not found:
            return False
        inside, after = found.groups()
        if after is not None and not self.grammar.is_regular(after):
            return False
        rest = "" if after is None else self.grammar.separator + after
        if len(self.grammar.split(opener.before + '""' + rest)) != self.grammar.fields:
            return False
        alone = opener.before + opener.rest.replace('""', "")
        is_row = len(self.grammar.split(alone)) == self.grammar.fields
        inside = inside.replace('""', "")
        opener.look(self.sample.is_like(inside + rest, inside.count(self.grammar.separator)))
        return not (is_row and opener.like * 2 > opener.looked_at)

    @cached_property
    def sample(self) -> "_Sample":
        return _Sample(self.file, self.grammar)


class _Opener:
    """A line whose last quote is open, and what followed it so far."""

    def __init__(self, number: int, before: str, rest: str) -> None:
        self.number, self.before, self.rest = number, before, rest
        self.inner = self.looked_at = self.like = 0

    def look(self, is_like_a_record: bool) -> None:
        self.looked_at += 1
        self.like += is_like_a_record


class _Lines:
    """The lines of a block, by their numbers in the file."""

    def __init__(self, block: bytes, first: int) -> None:
        self.block, self.first = block, first
        self.count = block.count(b"\n")

    @cached_property
    def _ends(self) -> np.ndarray:
        return np.flatnonzero(np.frombuffer(self.block, np.uint8) == ord("\n"))

    @cached_property
    def _quotes(self) -> bytes:
        return self.block.translate(None, NEITHER_QUOTE_NOR_END) if b'"' in self.block else b""

    @property
    def odd(self) -> list[int]:
        """Lines with an odd number of quotes."""
        return self._with_quotes(self._quotes.replace(b'""', b""))

    @property
    def quoted(self) -> list[int]:
        """Lines with any quote."""
        return self._with_quotes(self._quotes)

    def _with_quotes(self, signs: bytes) -> list[int]:
        places = np.flatnonzero(np.frombuffer(signs, np.uint8) == ord('"'))
        numbers = places - np.arange(len(places)) + self.first
        return list(dict.fromkeys(numbers.tolist()))

    @cached_property
    def _blank(self) -> np.ndarray:
        if not (b"\n\n" in self.block or self.block.startswith(b"\n")):
            return np.empty(0, np.int64)
        return np.flatnonzero(np.diff(self._ends, prepend=-1) == 1) + self.first

    def blank_between(self, start: int, end: int) -> int:
        return int(np.diff(np.searchsorted(self._blank, (start, end)))[0])

    def text(self, number: int) -> str:
        place = number - self.first
        begin = 0 if place == 0 else int(self._ends[place - 1]) + 1
        return self.block[begin : int(self._ends[place])].decode()


class _Sample:
    """What the values of each column are like, by the first rows of the file."""

    def __init__(self, file: Inspected, grammar: _Grammar) -> None:
        self.grammar = grammar
        lines = next(_blocks(file.path), b"").decode().split("\n")
        reader = csv.reader(
            (line + "\n" for line in lines[file.header_line :]), delimiter=file.separator
        )
        rows = []
        with suppress(csv.Error):
            for row in islice(reader, SAMPLE_ROWS):
                rows += [row] if len(row) == grammar.fields else []
        columns = list(zip(*rows, strict=True)) if rows else [()] * grammar.fields
        # A value of several lines may be what a stray quote made of rows: it shows nothing.
        self.columns = [[value for value in column if "\n" not in value] for column in columns]
        self.may_be_empty = [not all(column) or not column for column in self.columns]
        self.may_have_blanks = [
            any(map(has_blank, column)) or not column for column in self.columns
        ]
        self.has_digits = [
            any(column) and all(DIGIT.search(value) for value in column if value)
            for column in self.columns
        ]

    def is_like(self, line: str, broken: int | None = None) -> bool:
        """Whether a line alone has the fields of a record, and values like those of the others.

        What the column `broken` has, in which a stray quote may lie, shows nothing.
        """
        values = self.grammar.split(line)
        if len(values) != self.grammar.fields:
            return False
        return all(
            (may_be_empty if not value else True)
            and (may_have_blanks or not has_blank(value))
            and (not has_digits or not value or DIGIT.search(value) is not None)
            for column, (value, may_be_empty, may_have_blanks, has_digits) in enumerate(
                zip(values, self.may_be_empty, self.may_have_blanks, self.has_digits, strict=True)
            )
            if column != broken or self.grammar.fields == 1
        )
