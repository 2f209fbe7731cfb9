"""Which files are the tables that others are joined with: by their columns and by their names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from journey.ingest.formats import Format, Table, own_formats_dir, read_format
from journey.ingest.recognise.delivered import Delivered

OTHER = re.compile(r"[^a-z0-9]+")
Candidates = list[Delivered]


def with_tables(found: Sequence[Delivered], own_dir: Path | None) -> list[Delivered]:
    """The deliveries of a folder, those of formats that join tables with where these lie.

    A file that is such a table is no delivery of its own.
    """
    free = [of for of in found if of.format in (None, "mapped") and not of.fault]
    taken: set[str] = set()
    joined = []
    for of in found:
        format = _format_of(of, own_dir)
        tables: dict[str, str] = {}
        for table, known in format.tables.items() if format else ():
            if path := _path_of(table, known, of, free):
                tables[table] = path
        lacking = [table for table in format.tables if table not in tables] if format else []
        taken |= set(tables.values())
        joined.append(replace(of, tables=tables, lacking=lacking))
    return [of for of in joined if of.path not in taken]


def _format_of(of: Delivered, own_dir: Path | None) -> Format | None:
    if of.format in (None, "mapped", "canonical"):
        return None
    return read_format(of.kinds[0], str(of.format), own_formats_dir(own_dir))


def _path_of(table: str, known: Table, of: Delivered, free: Candidates) -> str | None:
    """The file that has its columns: one that is named so, else the only one that has all."""
    fits = [
        one
        for one in free
        if _has(one, known.required) and ("{date" in of.path or "{date" not in one.path)
    ]
    named = [one for one in fits if table in OTHER.split(Path(one.path).name.lower())]
    whole = named or [one for one in fits if _has(one, tuple(known.columns))]
    beside = [one for one in whole if Path(one.path).parent == Path(of.path).parent] or whole
    return beside[0].path if len(beside) == 1 else None


def _has(of: Delivered, columns: Sequence[str]) -> bool:
    return set(columns) <= {column.lower() for column in of.columns}
