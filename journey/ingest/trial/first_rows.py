"""A copy of the first rows of a file, so that a large one is tried as soon as a small one.

What the rows say is not looked at. A document of JSON has no first rows: it is taken whole, and so
is what cannot be copied; those that read it say why.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from journey.ingest.read import avro_files
from journey.ingest.read.inspection import GZIP_MAGIC, LONGEST_LINE, PARQUET_MAGIC

QUOTE = b'"'
MOST_LINES_OF_A_ROW = 1000


def first_rows(path: Path, rows: int, folder: Path) -> Path | None:
    """The copy, in `folder` and by the file's own name; None where the file is taken whole."""
    with open(path, "rb") as file:
        magic = file.read(4)
    target = folder / path.name.removesuffix(".gz")
    if magic == PARQUET_MAGIC:
        return _of_parquet(path, rows, target)
    if magic == avro_files.MAGIC:
        return None
    if magic[:2] == GZIP_MAGIC:
        opened: BinaryIO = gzip.open(path, "rb")  # type: ignore[assignment]  # noqa: SIM115
    else:
        opened = open(path, "rb")  # noqa: SIM115
    try:
        with opened, open(target, "wb") as copy:
            copy.writelines(_first_lines(opened, rows))
            is_whole = not opened.read(1)
    except (_NoLinesError, EOFError, OSError):
        target.unlink()
        return None
    if is_whole:
        target.unlink()
        return None
    return target


class _NoLinesError(Exception):
    """The file has no rows in lines."""


def _first_lines(file: BinaryIO, rows: int) -> Iterator[bytes]:
    """The lines of the first rows. In CSV the first line is a header, and a row ends where its
    quotes are closed; where one is never closed, the lines are the rows."""
    first = file.readline(LONGEST_LINE)
    is_json = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if is_json and not _is_record(first):
        raise _NoLinesError
    yield first
    taken = 1 if is_json else 0
    quotes, lines_of_row = first.count(QUOTE), 0
    while taken < rows and (line := file.readline(LONGEST_LINE)):
        if not line.endswith(b"\n") and len(line) == LONGEST_LINE:
            raise _NoLinesError
        yield line
        quotes += line.count(QUOTE)
        lines_of_row += 1
        if is_json or quotes % 2 == 0:
            taken, lines_of_row = taken + 1, 0
        elif lines_of_row > MOST_LINES_OF_A_ROW:
            taken += 1


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig", "replace")), dict | list)
    except (ValueError, RecursionError):
        return False


def _of_parquet(path: Path, rows: int, target: Path) -> Path | None:
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows <= rows:
                return None
            batch = next(file.iter_batches(batch_size=rows))
        pq.write_table(pa.Table.from_batches([batch]), target)
    except (pa.ArrowException, OSError, StopIteration, UnicodeDecodeError):
        target.unlink(missing_ok=True)
        return None
    return target
