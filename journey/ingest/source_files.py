"""The files of a source on their way into a batch: looked at, put together, and copied if need be.

Like files go through together, because one pass over many is faster. A file that turns out to be
another than it seemed is read from a copy, or in another way; which one, its load finds out.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from journey.ingest import machine
from journey.ingest.planning.landing import Delivery
from journey.ingest.read import concatenated, parquet_text, physical_lines
from journey.ingest.read.errors import UnreadableError
from journey.ingest.read.headers import Expected
from journey.ingest.read.inspection import Inspected, cannot_open, inspect

BATCH_BYTES = 1 << 30
UNPACKED_TIMES = 8  # a packed file is taken to hold this many times its size
BREAKING = "it is damaged in a way that the database breaks down over; deliver it again"


@dataclass(frozen=True)
class File:
    """A delivery that can be read. Files of one signature can be read in one statement."""

    delivery: Delivery
    inspected: Inspected
    signature: tuple[Any, ...] = ()


def chunks(deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Runs of deliveries that are looked at in one go, by size."""
    chunk: list[Delivery] = []
    held = 0
    for delivery in deliveries:
        size = os.stat(delivery.path).st_size if os.path.exists(delivery.path) else 0
        size *= UNPACKED_TIMES if delivery.path.suffix in (".gz", ".parquet") else 1
        if chunk and held + size > BATCH_BYTES:
            yield chunk
            chunk, held = [], 0
        chunk.append(delivery)
        held += size
    if chunk:
        yield chunk


def inspected(
    deliveries: Sequence[Delivery],
    unpack_to: Path,
    max_unpacked_size: int,
    breaking: Collection[tuple[str, str, int]],
    expected: Expected,
) -> list[tuple[Delivery, Inspected | UnreadableError]]:
    """What each delivery is, or why it cannot be read, without those that are there no more.

    `breaking` are places of files that the database breaks down over, `expected` is of the columns
    of tables in text. Raises what the machine does.
    """

    def look(numbered: tuple[int, Delivery]) -> Inspected | UnreadableError | None:
        number, delivery = numbered
        try:
            if delivery.fault:
                raise UnreadableError(delivery.fault)
            if delivery.place in breaking:
                raise UnreadableError(BREAKING)
            target = unpack_to / f"{number}"
            return inspect(delivery.path, target, max_unpacked_size, expected)
        except UnreadableError as unreadable:
            return unreadable
        except OSError as error:
            if machine.is_gone(error, delivery.path):
                return None  # the next run does not find it
            if machine.is_of_file(error, delivery.path):
                return UnreadableError(cannot_open(error))
            raise

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(look, enumerate(deliveries)))
    return [
        (delivery, what)
        for delivery, what in zip(deliveries, found, strict=True)
        if what is not None
    ]


def in_batches(files: list[File], at_most: int) -> Iterator[list[File]]:
    """Like files, in the numbers in which they are read: a document is one value in memory.

    The documents of a batch have no more bytes than that, but for a larger one by itself.
    """
    if not files[0].inspected.is_document:
        yield files
        return
    batch: list[File] = []
    held = 0
    for file in files:
        if batch and held + file.inspected.largest > at_most:
            yield batch
            batch, held = [], 0
        batch.append(file)
        held += file.inspected.largest
    yield batch


def as_lines(file: File) -> File:
    """The file, to be read as JSON lines although it seemed a document."""
    lines = replace(file.inspected, is_document=False, is_one_line=False, was_document=True)
    return replace(file, inspected=lines)


def one_a_line(file: File, at_most: int) -> File:
    """The file, to be read from a copy in which each record has a line of its own.

    Raises TooLargeError for a document of more bytes than that.
    """
    return replace(file, inspected=concatenated.one_a_line(file.inspected, at_most))


def without_stray(file: File, stray: tuple[int, ...]) -> File:
    """The file, to be read from a copy in which its stray lines are broken rows of their own."""
    if not stray:
        return file
    copy = physical_lines.set_aside(file.inspected, stray, file.inspected.copy_named("fixed"))
    return _fixed(file, copy)


def text_as_bytes(file: File) -> File:
    """The Parquet file, to be read from a copy in which its texts are bytes.

    Raises UnreadableError where there can be none.
    """
    copy = parquet_text.as_bytes(file.inspected.path, file.inspected.copy_named("bytes"))
    return _fixed(file, copy)


def _fixed(file: File, copy: Path) -> File:
    return replace(file, inspected=replace(file.inspected, path=copy, is_fixed=True))
