"""A ledger that was lost or damaged, rebuilt from what lies in raw and quarantine.

Each load has its record beside its rows, so that what is rebuilt is exact, but for what was never
there: outcomes of past checks. A load by a version that wrote no records is known by its own rows:
the digests of its files are not known then, and the next run reads those that are there again.
"""

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from journey.core import database, durable
from journey.core.errors import EngineError
from journey.core.settings import KINDS, Settings
from journey.core.sql import files
from journey.ingest import email_key, load_records, raw_layer
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import FileResult, LoadRecord

NUMBER = re.compile(r"#(\d{6})$")
SIDE_FILES = ("", "-journal", "-wal", "-shm")


@dataclass(frozen=True)
class Rebuilt:
    """What a new ledger knows, and where the one before lies now, if there was any."""

    loads: int
    files: int
    without_record: int
    aside: Path | None


def is_needed(settings: Settings) -> bool:
    """Whether the ledger is damaged, or knows nothing although there are loads."""
    if any(raw_layer.loads_found(settings, kind) for kind in KINDS):
        with contextlib.suppress(EngineError):
            ledger = Ledger(settings)
            ledger.check()
            return bool(raw_layer.unknown_loads(settings, ledger))
        return True
    return is_damaged(settings)


def is_damaged(settings: Settings) -> bool:
    if not settings.ledger_path.exists():
        return False
    try:
        Ledger(settings).check()
    except EngineError:
        return True
    return False


def rebuild(settings: Settings) -> Rebuilt:
    """Rebuild the ledger aside, then put it in place. The caller holds the writer's lock."""
    new = settings.ledger_path.with_name(f".{settings.ledger_path.name}.new")
    _remove(new)
    ledger = Ledger(settings, new)
    loads = results = without_record = 0
    with database.connect(settings) as connection:
        for kind in KINDS:
            records = {
                load_id: load_records.read(settings, kind, load_id)
                for load_id in load_records.load_ids(settings, kind)
            }
            found = raw_layer.loads_found(settings, kind)
            bare = sorted(found - set(records))
            if bare:
                records |= _by_their_rows(connection, settings, kind, bare, records.values())
            for _, record in sorted(records.items()):
                ledger.adopt(record)
                loads += 1
                results += len(record.results)
            without_record += len(bare)
            if ended := _ended_without_record(connection, settings, kind, ledger):
                after = max(records) + 1
                ledger.adopt(_record(kind, after, (), ended))
    check_value = email_key.beside_raw(settings)
    if loads and check_value:
        ledger.keep_fact(email_key.FACT, check_value)
    aside = _set_aside(settings.ledger_path)
    durable.replace(new, settings.ledger_path)
    return Rebuilt(loads, results, without_record, aside)


def _by_their_rows(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    kind: str,
    bare: Sequence[int],
    records: Iterable[LoadRecord],
) -> dict[int, LoadRecord]:
    """Loads without a record: the last of them has all files that no record has.

    Where a record has a file that has rows of such a load too, its path has held something else
    since: what the record says has ended with that load, and the next run reads the path.
    """
    recorded: dict[tuple[str, str], dict[int, FileResult]] = {}
    for record in sorted(records, key=lambda record: record.load_id):
        for result in record.results:
            recorded.setdefault((result.source, result.lineage_name), {})[record.load_id] = result
    results: dict[int, list[FileResult]] = {load_id: [] for load_id in bare}
    retired: dict[int, list[tuple[str, str, int]]] = {load_id: [] for load_id in bare}
    for place, values in sorted(_found(connection, settings, kind, None).items()):
        if place not in recorded:
            results[bare[-1]].append(_result(kind, *place, values))
    for load_id in bare:
        for place, values in sorted(_found(connection, settings, kind, load_id).items()):
            known = recorded.get(place)
            if known and max(known) < load_id:
                last = max(known.values(), key=lambda result: result.sequence)
                result = replace(
                    _result(kind, *place, values),
                    file_name=last.file_name,
                    sequence=last.sequence + 1,
                )
                results[load_id].append(result)
                retired[load_id] += [before.place for before in known.values()]
                known[load_id] = result
    return {load_id: _record(kind, load_id, results[load_id], retired[load_id]) for load_id in bare}


def _record(
    kind: str,
    load_id: int,
    results: Sequence[FileResult],
    retired: Sequence[tuple[str, str, int]],
) -> LoadRecord:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return LoadRecord(kind, load_id, f"rebuilt {kind} {load_id}", now, results, retired=retired)


def _ended_without_record(
    connection: duckdb.DuckDBPyConnection, settings: Settings, kind: str, ledger: Ledger
) -> list[tuple[str, str, int]]:
    """Deliveries that gave rows of which none lies there any more, though no record ends them.

    Their paths came to hold a content without rows, and the record of that load is lost: nothing
    else is left of it. The next run reads the paths, whatever they hold.
    """
    there = _found(connection, settings, kind, None)
    return [
        (result["source"], result["file_name"], result["sequence"])
        for result in ledger.file_results()
        if (result["kind"], result["status"], result["replaced_by"]) == (kind, "loaded", None)
        and result["loaded"] + result["restated"] + result["quarantined"] > 0
        and (result["source"], result["lineage_name"]) not in there
    ]


def _found(
    connection: duckdb.DuckDBPyConnection, settings: Settings, kind: str, load_id: int | None
) -> dict[tuple[str, str], dict[str, Any]]:
    """By source and file name, what lies in raw and in quarantine: of one load, or of all."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    of_load = "true" if load_id is None else f"load_id = {load_id}"
    stored = raw_layer.raw_files(settings, kind)
    if stored:
        rows = connection.execute(
            f"""select source, file_name, any_value(delivered_on), count_if(not is_restatement),
                count_if(is_restatement), min(event_date), max(event_date)
            from read_parquet([{files(stored)}], union_by_name = true, hive_partitioning = true,
                hive_types = {{'event_date': date}})
            where {of_load}
            group by source, file_name"""
        ).fetchall()
        for source, file_name, delivered_on, loaded, restated, first, last in rows:
            found[source, file_name] = {
                "delivered_on": delivered_on,
                "loaded": loaded,
                "restated": restated,
                "first_event_date": first,
                "last_event_date": last,
            }
    quarantined = sorted(raw_layer.quarantine_dir(settings, kind).glob("*.parquet"))
    if quarantined:
        rows = connection.execute(
            f"""select source, file_name, any_value(delivered_on), reason, count(*)
            from read_parquet([{files(quarantined)}], union_by_name = true)
            where {of_load}
            group by source, file_name, reason"""
        ).fetchall()
        for source, file_name, delivered_on, reason, count in rows:
            values = found.setdefault((source, file_name), {"delivered_on": delivered_on})
            values.setdefault("quarantine_reasons", {})[reason] = count
    return found


def _result(kind: str, source: str, lineage_name: str, values: dict[str, Any]) -> FileResult:
    number = NUMBER.search(lineage_name)
    reasons = values.get("quarantine_reasons", {})
    quarantined = sum(reasons.values())
    delivered = values.get("loaded", 0) + values.get("restated", 0) + quarantined
    return FileResult(
        source=source,
        kind=kind,
        file_name=NUMBER.sub("", lineage_name),
        sha256=f"not known: {lineage_name}",
        status="loaded",
        fingerprint="not known",
        records=delivered,
        delivered=delivered,
        quarantined=quarantined,
        sequence=int(number.group(1)) if number else 1,
        lineage_name=lineage_name,
        examples=dict.fromkeys(reasons, f"{lineage_name}: see quarantine/{kind}"),
        **values,
    )


def _set_aside(path: Path) -> Path | None:
    """The file and what its engine wrote beside it, under another name."""
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    aside = path.with_name(f"{path.name}.{moment}")
    for side in SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{side}").rename(f"{aside}{side}")
    return aside if aside.exists() else None


def _remove(path: Path) -> None:
    for side in SIDE_FILES:
        Path(f"{path}{side}").unlink(missing_ok=True)
