"""A folder of exports: which of its files are deliveries of one source, and of which tool."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from journey.ingest.conform.mapping import first_line
from journey.ingest.formats import own_formats_dir
from journey.ingest.read.errors import UnreadableError
from journey.ingest.recognise.matching import expected, match
from journey.ingest.recognise.names_of_files import patterns
from journey.ingest.recognise.proposals import Proposal, propose
from journey.ingest.recognise.structure import structure_of

MOST_FILES = 100_000
OTHER = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Delivered:
    """Files that one pattern finds, and what they are.

    `format` is a tool, `canonical` or `mapped` (then there is a `proposal`); None where nothing is
    known of them, and `columns` are the names that they have, `fault` why they cannot be read.
    `payments` are of orders that a shop's own export has too.
    """

    path: str
    files: int
    format: str | None = None
    kinds: Sequence[str] = ()
    proposal: Proposal | None = None
    columns: Sequence[str] = ()
    fault: str | None = None
    payments: bool = False

    @property
    def stem(self) -> str:
        """A word for them, of their path."""
        plain = re.sub(r"\{date[^}]*\}", "", Path(self.path).name.partition(".")[0])
        word = OTHER.sub("_", plain).strip("_").lower()
        return word if word[:1].isalpha() else f"source_{word}".rstrip("_")


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
    return found


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
