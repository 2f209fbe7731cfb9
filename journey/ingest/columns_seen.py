"""Which columns a source's files have, and that a newer one has others.

A column that is gone is no fault of a file whose mapping does without it, so nothing else would say
it. Of CSV and Parquet; what JSON's records lose shows in the monitored shares.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from journey.core.settings import Settings
from journey.ingest.ledger import Ledger

SEEN = "columns/{source}"
CHANGED = "columns_changed/{source}"
SHOWN = 5
# What a header may be quoted of: one that is a row of data in truth could name a person.
NAME = re.compile(r"[A-Za-z_](?:[A-Za-z_ .:()/-]|\d(?!\d{4})){0,60}")


@dataclass(frozen=True)
class ChangedColumns:
    """What a file lacks or has that the file before it of its source had or lacked."""

    source: str
    file_name: str
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def sentence(self) -> str:
        parts = [
            f"{verb} {_listed(names)}"
            for verb, names in (("lacks", self.gone), ("has besides", self.new))
            if names
        ]
        return (
            f"{self.file_name} of source '{self.source}' {' and '.join(parts)}, unlike the file "
            "before it"
        )


def facts_of(
    settings: Settings, source: str, files: Iterable[tuple[str, tuple[str, ...]]]
) -> dict[str, str]:
    """What a load remembers of the columns of its files, which come in the order of delivery."""
    facts: dict[str, str] = {}
    # A trial has no ledger and must not make one.
    has_ledger = settings.ledger_path.exists()
    known = Ledger(settings).fact(SEEN.format(source=source)) if has_ledger else None
    before = None if known is None else set(json.loads(known))
    for file_name, columns in files:
        found = set(columns)
        if before is not None and found != before:
            changed = [file_name, sorted(before - found), sorted(found - before)]
            facts[CHANGED.format(source=source)] = json.dumps(changed)
        before = found
        facts[SEEN.format(source=source)] = json.dumps(sorted(found))
    return facts


def changed_columns(settings: Settings) -> list[ChangedColumns]:
    """The last change of each source of the settings."""
    ledger = Ledger(settings)
    found = []
    for source in settings.sources:
        fact = ledger.fact(CHANGED.format(source=source.name))
        if fact is not None:
            file_name, gone, new = json.loads(fact)
            found.append(ChangedColumns(source.name, file_name, tuple(gone), tuple(new)))
    return found


def _listed(names: tuple[str, ...]) -> str:
    shown = [f"'{name}'" if NAME.fullmatch(name) else "'…'" for name in names[:SHOWN]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"column{'s' if len(names) > 1 else ''} {', '.join(shown)}{more}"
