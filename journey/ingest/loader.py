"""What is new in the landing folder, and one kind of it prepared as a pending load.

Which rows are kept is decided batch by batch in `batches`; what a gate says, by the caller.
"""

import hashlib
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby

from journey.core import database, failpoints
from journey.core.errors import DataError, EngineError
from journey.core.settings import Settings, Source
from journey.ingest import addresses, mapping, raw_layer, refresh
from journey.ingest.batches import SourceLoad
from journey.ingest.contracts import CONTRACTS_DIR
from journey.ingest.formats import FORMATS_DIR
from journey.ingest.landing import Delivery, find_deliveries
from journey.ingest.ledger import Ledger
from journey.ingest.pending import PendingLoad


def plan(
    settings: Settings,
    date_from: date | None = None,
    date_to: date | None = None,
    *,
    kinds: Sequence[str] | None = None,
    today: date | None = None,
    anew: bool = False,
) -> list[Delivery]:
    """The deliveries that are new, by source, delivery date and name.

    New is what the ledger does not know by source and content; a refused file also when its
    source's definition has changed or its fault is mended; with `anew`, everything. The dates are
    those of delivery, both inclusive. Raises ConfigurationError where a source's definition is
    wrong.
    """
    today = today or datetime.now(UTC).date()
    sources = [s for s in settings.sources if kinds is None or s.kind in kinds]
    for source in sources:
        mapping.check_source(source)
    ledger = Ledger(settings)
    found = [d for source in sources for d in find_deliveries(settings, source, today)]
    first, last = date_from or date.min, date_to or date.max
    found = [d for d in found if d.delivered_on is None or first <= d.delivered_on <= last]
    known = {} if anew else ledger.known_files()
    new, seen = [], set()
    for delivery in ledger.identify(found, today):
        content = (delivery.source.name, delivery.sha256)
        if content in seen or not first <= delivery.delivered_on <= last:
            continue
        seen.add(content)
        status, fingerprint = known.get(content, ("unknown", None))
        now = delivery.fingerprint(fingerprint_of(delivery.source))
        is_mended = status == "refused" and fingerprint != now
        if status == "unknown" or is_mended:
            new.append(delivery)
    return new


def never_delivered(settings: Settings) -> list[Source]:
    """The sources of which no file is there, nor ever was."""
    today = datetime.now(UTC).date()
    known = {source for source, _ in Ledger(settings).known_files()}
    return [
        source
        for source in settings.sources
        if source.name not in known and not find_deliveries(settings, source, today)
    ]


def reset(settings: Settings) -> None:
    """Forget every load, so that all that lies in the landing paths is loaded anew.

    Raises DataError, and forgets nothing, where a file that was loaded is there no more. One that
    was corrected in place is there, unless its later content was refused. A source that the
    settings no longer name is not missed.
    """
    planned = plan(settings, anew=True)
    there = {(found.source.name, found.sha256) for found in planned}
    results = Ledger(settings).file_results()
    refused = {(r["source"], r["sha256"]) for r in results if r["status"] == "refused"}
    useless = {
        found.path
        for found in planned
        if found.fault or (found.source.name, found.sha256) in refused
    }
    today = datetime.now(UTC).date()
    paths = {
        (source.name, found.file_name)
        for source in settings.sources
        for found in find_deliveries(settings, source, today)
        if not found.fault and found.path not in useless
    }
    sources = {source.name for source in settings.sources}
    lost = [
        loaded
        for loaded in results
        if loaded["status"] == "loaded"
        and loaded["source"] in sources
        and (loaded["source"], loaded["sha256"]) not in there
        and (loaded["source"], loaded["file_name"]) not in paths
    ]
    if lost:
        raise DataError(
            f"a full refresh would lose the rows of {len(lost):,} loaded files that are no longer "
            f"in the landing paths (the first is {lost[0]['file_name']} of source "
            f"'{lost[0]['source']}'); put them back, or take the source out of "
            f"{settings.config_file.name}, and run again"
        )
    refresh.begin(settings)
    raw_layer.forget(settings)


def fingerprint_of(source: Source) -> str:
    """Of all that decides how files are read: the source's definition, format and contract."""
    digest = hashlib.sha256(source.model_dump_json(exclude={"path"}).encode())
    for path in (
        FORMATS_DIR / source.kind / f"{source.format}.sql",
        CONTRACTS_DIR / f"{source.kind}.yml",
    ):
        if path.exists():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare(
    settings: Settings,
    kind: str,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    run_id: str,
    today: date | None = None,
) -> PendingLoad:
    """Conform everything new of one kind and write it aside, for a gate to judge.

    Nothing that dbt or the next run reads has changed until the result is committed.
    """
    ledger = Ledger(settings)
    ledger.begin_run(run_id)
    if refresh.is_unfinished(settings):
        date_from = date_to = None
    deliveries = plan(settings, date_from, date_to, kinds=(kind,), today=today)
    load_id = max(ledger.load_ids(kind), default=0) + 1
    pending = PendingLoad(settings, kind, run_id, load_id)
    shutil.rmtree(pending.folder, ignore_errors=True)
    failpoints.point("ingest.before_write")
    if deliveries:
        try:
            _fill(pending, ledger, deliveries)
        except BaseException:
            pending.discard()
            raise
    failpoints.point("ingest.after_write")
    return pending


def _fill(pending: PendingLoad, ledger: Ledger, deliveries: Sequence[Delivery]) -> None:
    raw_layer.private_dir(pending.folder.parent)
    raw_layer.private_dir(pending.folder)
    with database.connect(pending.settings) as connection:
        # Rows carry their line, so that the order in which they are written is free.
        connection.execute("set preserve_insertion_order = false")
        addresses.equip(connection, pending.settings)
        for source, of_source in groupby(deliveries, key=lambda delivery: delivery.source):
            fingerprint = fingerprint_of(source)
            SourceLoad(pending, ledger, connection, list(of_source), fingerprint).run()
        written = raw_layer.rows_in(connection, pending.files)
        if written != pending.row_count:
            raise EngineError(
                f"raw/{pending.kind}: {written:,} rows were written and {pending.row_count:,} are "
                "accounted for; nothing is kept; this is a fault of ours"
            )
