"""A folder of exports: which of its files are deliveries of one source, and of which tool."""

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from journey.ingest.conform.mapping import first_line
from journey.ingest.formats import own_formats_dir
from journey.ingest.read.errors import UnreadableError
from journey.ingest.recognise.delivered import Delivered
from journey.ingest.recognise.matching import expected, match
from journey.ingest.recognise.names_of_files import patterns
from journey.ingest.recognise.proposals import propose
from journey.ingest.recognise.structure import structure_of
from journey.ingest.recognise.tables import with_tables

MOST_FILES = 100_000


def folder(
    place: Path,
    data_dir: Path,
    *,
    own_dir: Path | None = None,
    currency: str = "GBP",
    today: date | None = None,
) -> list[Delivered]:
    """What lies in a folder and below it. Paths begin at the data dir where they lie in it.

    `currency` is proposed for amounts that have none.
    """
    today = today or datetime.now(UTC).date()
    root = place.resolve()
    names = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))[:MOST_FILES]
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(root).parts)
    ]
    base = ""
    if root != data_dir:
        base = f"{root.relative_to(data_dir) if root.is_relative_to(data_dir) else root}/"
    found: list[Delivered] = []
    with tempfile.TemporaryDirectory(prefix="journey-init-") as copies:
        for pattern, alike in patterns(names, today):
            known = _of_file(root / alike[-1], Path(copies), own_dir, currency)
            found.append(replace(known, path=base + pattern, files=len(alike)))
    return with_tables(found, own_dir)


def _of_file(path: Path, copies: Path, own_dir: Path | None, currency: str) -> Delivered:
    """What one file is; its path is said by those that know its like."""
    try:
        structure = structure_of(path, copies, expected(own_formats_dir(own_dir)))
    except (UnreadableError, OSError) as error:
        return Delivered("", 1, fault=str(error))
    except duckdb.Error as error:
        return Delivered("", 1, fault=f"it cannot be read ({first_line(error)})")
    known = match(structure, own_formats_dir(own_dir))
    if known:
        return Delivered(
            "", 1, known.tool, known.kinds, columns=structure.columns, payments=known.payments
        )
    proposal = propose(structure, currency)
    if proposal:
        return Delivered("", 1, "mapped", (proposal.kind,), proposal, columns=structure.columns)
    return Delivered("", 1, columns=structure.columns)
