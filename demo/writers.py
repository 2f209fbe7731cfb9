"""Rows to files: one file a day of delivery, written whole or not at all.

Here: slicing by day, running a feed's SQL over each slice, and renaming. Not here: what a line
looks like (segment, sendgrid, shopify, csv_files).

DuckDB joins a line's pieces; the bytes go to the file as they come, because a JSON line needs no
quoting of a CSV writer. Each file is written by one single-threaded connection: same bytes always.
"""

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from demo.defects import BAD_JSON
from demo.draws import Columns, size_of, taken
from demo.window import Window

CHUNK_ROWS = 100_000  # what one query turns into lines; bounds memory
BROKEN_LENGTH = 120  # a line that breaks off here is no JSON any more
PART_SUFFIX = ".part"


@dataclass(frozen=True)
class Feed:
    """How one tool's files look: their names, and the line of each row as SQL over `slice`."""

    name: str
    pattern: str  # relative to the landing folder, with {date}
    line: str  # a SQL expression over the slice's columns
    arranged: Callable[[Columns], pa.Table]
    before: str = ""
    between: str = "\n"
    after: str = "\n"

    def path(self, landing_dir: Path, window: Window, day: int) -> Path:
        """Where a day's file goes."""
        return landing_dir / self.pattern.format(date=window.date_of(day).isoformat())


@dataclass(frozen=True)
class Written:
    """What one feed left behind."""

    files: int
    rows: int
    size: int


def sorted_by_delivery(rows: Columns) -> Columns:
    """By day of delivery, in the order they have: rows doubled or broken come after the others."""
    return taken(rows, np.argsort(rows["delivered"].astype(np.int16), kind="stable"))


def written(feed: Feed, rows: Columns, landing_dir: Path, window: Window) -> Written:
    """Writes the files of all days that have rows. `rows` are sorted by delivery."""
    bounds = np.searchsorted(rows["delivered"], np.arange(window.days + 1))
    groups = day_groups(bounds)
    local = threading.local()

    def one_group(days: range) -> list[int]:
        if not hasattr(local, "connection"):
            local.connection = duckdb.connect(config={"threads": 1})
        return [
            size
            for start in range(bounds[days[0]], bounds[days[-1] + 1], CHUNK_ROWS)
            for size in chunk_written(
                local.connection, feed, rows, landing_dir, window, bounds, start, days
            )
        ]

    (landing_dir / feed.pattern).parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        sizes = [size for group in pool.map(one_group, groups) for size in group]
    return Written(files=len(sizes), rows=size_of(rows), size=sum(sizes))


def day_groups(bounds: np.ndarray) -> list[range]:
    """Consecutive days that make about one chunk: a query costs the same for few rows."""
    groups, first = [], 0
    for day in range(len(bounds) - 1):
        is_last = day == len(bounds) - 2
        if is_last or bounds[day + 2] - bounds[first] > CHUNK_ROWS:
            groups.append(range(first, day + 1))
            first = day + 1
    return groups


def chunk_written(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    rows: Columns,
    landing_dir: Path,
    window: Window,
    bounds: np.ndarray,
    start: int,
    days: range,
) -> list[int]:
    """Writes the rows from `start`; returns the sizes of the files that are whole with them."""
    stop = min(start + CHUNK_ROWS, bounds[days[-1] + 1])
    text, positions = joined_lines(connection, feed, feed.arranged(taken(rows, slice(start, stop))))
    separator = len(feed.between.encode())
    sizes = []
    for day in days:
        first, last = max(bounds[day], start), min(bounds[day + 1], stop)
        if first >= last:
            continue
        path = feed.path(landing_dir, window, day)
        part = path.with_name(path.name + PART_SUFFIX)
        is_begin, is_end = first == bounds[day], last == bounds[day + 1]
        # What separates two rows does not follow the last one.
        end = positions[last - start] - (separator if is_end else 0)
        with part.open("wb" if is_begin else "ab") as file:
            if is_begin:
                file.write(feed.before.encode())
            file.write(text[positions[first - start] : end])
            if is_end:
                file.write(feed.after.encode())
                sizes.append(file.tell())
        if is_end:
            part.replace(path)
    return sizes


def joined_lines(
    connection: duckdb.DuckDBPyConnection, feed: Feed, table: pa.Table
) -> tuple[memoryview, np.ndarray]:
    """The lines of a slice as one run of bytes, and where each begins; one more for the end."""
    connection.register("slice", table)
    lines = connection.sql(
        f"""
        select
            case when fault = {BAD_JSON} then left(line, {BROKEN_LENGTH}) else line end
            || $between as line
        from (select ({feed.line}) as line, fault from slice)""",
        params={"between": feed.between},
    ).to_arrow_table()
    column = pa.concat_arrays(lines.column(0).chunks)
    _, offsets, data = column.buffers()
    positions = np.frombuffer(offsets, dtype=np.int32)[column.offset :][: len(column) + 1]
    return memoryview(data), positions


def removed_files(landing_dir: Path, mark: str) -> None:
    """Takes an earlier demo out of the way: only where its mark says that there was one."""
    landing_dir.mkdir(parents=True, exist_ok=True)
    marked = landing_dir / mark
    if not marked.exists():
        return
    for pattern in json.loads(marked.read_text())["files"]:
        for path in landing_dir.glob(pattern.replace("{date}", "????-??-??")):
            path.unlink()
    marked.unlink()


def coded(codes: np.ndarray, values: list[str]) -> pa.DictionaryArray:
    """Strings by number; a number below 0 is null."""
    index = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(values, type=pa.string()))


def looked_up(values: pa.Array, index: np.ndarray, present: np.ndarray) -> pa.Array:
    """The strings at an index; null where not present."""
    return values.take(pa.array(np.where(present, index, 0), mask=~present))


def stamps(instants: np.ndarray) -> pa.Array:
    """Epoch milliseconds as timestamps."""
    return pa.array(instants.astype("datetime64[ms]"))
