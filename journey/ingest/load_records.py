"""The record of each load beside its rows: `raw/.loads/<kind>/<load_id>.json`, written last.

What the ledger knows of a load, kept where the rows are: a load whose record is in place is whole,
also where its run died before the ledger knew of it, and a ledger that is lost can be rebuilt.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from journey.core import durable
from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import FileResult, Joined, LoadRecord
from journey.ingest.withdrawals import Withdrawn

DATES = ("delivered_on", "first_event_date", "last_event_date")


def records_dir(settings: Settings, kind: str) -> Path:
    return settings.raw_dir / ".loads" / kind


def path_of(settings: Settings, kind: str, load_id: int) -> Path:
    return records_dir(settings, kind) / f"{load_id}.json"


def write(record: LoadRecord, path: Path) -> Path:
    """Write the record to `path`, aside from where records are looked for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, default=_content) + "\n", encoding="utf-8")
    return path


def load_ids(settings: Settings, kind: str) -> list[int]:
    """The loads of a kind that have a record, in their order."""
    names = (path.stem for path in records_dir(settings, kind).glob("*.json"))
    return sorted(int(name) for name in names if name.isdecimal())


def read(settings: Settings, kind: str, load_id: int) -> LoadRecord:
    """The record of a load. Raises EngineError where it is damaged."""
    path = path_of(settings, kind, load_id)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        results = [_result(result) for result in content.pop("results")]
        withdrawn = [Withdrawn(**gone) for gone in content.pop("withdrawn", ())]
        return LoadRecord(**content, results=results, withdrawn=withdrawn)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EngineError(
            f"{path}: this record of a load is damaged; nothing was touched; put it back from a "
            "backup, or remove it and run `journey doctor --repair`"
        ) from None


def adopt(settings: Settings, ledger: Ledger, kind: str) -> None:
    """Tell the ledger of loads that are whole and that it does not know: their runs died first."""
    known = ledger.load_ids(kind)
    for load_id in load_ids(settings, kind):
        if load_id not in known:
            ledger.adopt(read(settings, kind, load_id))


def complete(settings: Settings, ledger: Ledger, kind: str) -> None:
    """Write the records that are missing: of loads by an older version, or removed by hand."""
    recorded = set(load_ids(settings, kind))
    for load_id in sorted(ledger.load_ids(kind) - recorded):
        path = path_of(settings, kind, load_id)
        write(ledger.record_of(kind, load_id), path.with_suffix(".tmp"))
        durable.replace(path.with_suffix(".tmp"), path)


def _content(value: object) -> object:
    """What is no JSON as such: records with their fields, all else as text."""
    return vars(value) if is_dataclass(value) else str(value)


def _result(content: Mapping[str, Any]) -> FileResult:
    known = {field.name for field in fields(FileResult)}
    values = {name: value for name, value in content.items() if name in known}
    for name in DATES:
        values[name] = date.fromisoformat(values[name]) if values.get(name) else None
    values["joined"] = [Joined(**one) for one in values.get("joined", ())]
    return FileResult(**values)
