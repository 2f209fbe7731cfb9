"""What is new in the landing folder, and one kind of it prepared as a pending load.

Which rows are kept is decided batch by batch in `batches`; what a gate says, by the caller.
"""

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from journey.core import failpoints
from journey.core.errors import DataError, EngineError
from journey.core.seeds import seed_files
from journey.core.settings import Settings, Source
from journey.ingest import (
    addresses,
    conforming,
    email_key,
    mapping,
    raw_layer,
    reading,
    refresh,
    rereading,
    spellings,
)
from journey.ingest.batches import SourceLoad
from journey.ingest.carry_over import carry_over
from journey.ingest.contracts import CONTRACTS_DIR, read_contract
from journey.ingest.formats import format_file
from journey.ingest.landing import Delivery, find_deliveries
from journey.ingest.ledger import Ledger
from journey.ingest.limits import Limits
from journey.ingest.pending import PendingLoad
from journey.ingest.session import Session

# What every source is read by, beside its own format and contract.
RULES = (
    addresses.FUNCTIONS,
    *(Path(module.__file__) for module in (conforming, mapping, reading, spellings)),
)


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

    New is what a path holds and no load has taken: its first content, unless another path holds the
    same, and every other content after that, also one that returns. A rejected or loaded file is
    new again when what decides how it is read has changed; a rejected one also when its fault is
    gone. With `anew`, everything that is there. The dates are those of delivery, both inclusive.
    Raises ConfigurationError where a source's definition is wrong.
    """
    today = today or datetime.now(UTC).date()
    sources = [s for s in settings.sources if kinds is None or s.kind in kinds]
    for source in sources:
        mapping.check_source(source)
    ledger = Ledger(settings)
    found = [d for source in sources for d in find_deliveries(settings, source, today)]
    first, last = date_from or date.min, date_to or date.max
    found = [d for d in found if d.delivered_on is None or first <= d.delivered_on <= last]
    found = ledger.identify(found, today, anew=anew)
    known = {} if anew else ledger.known(kinds)
    fingerprints = {source.name: fingerprint_of(settings, source) for source in sources}
    limits = Limits.of(settings)
    new = []
    for delivery in found:
        if delivery.copy_of is not None or not first <= delivery.delivered_on <= last:
            continue
        before = known.get(delivery.place)
        now = delivery.fingerprint(fingerprints[delivery.source.name])
        if before is None or before.sha256 != delivery.sha256:
            new.append(delivery)
        elif before.fingerprint not in (now, f"{now} {limits}"):
            is_loaded = before.status == "loaded"
            new.append(delivery.again(before.lineage_name if is_loaded else None))
    return new


def plan_of_run(
    settings: Settings,
    date_from: date | None = None,
    date_to: date | None = None,
    *,
    kinds: Sequence[str] | None = None,
    today: date | None = None,
) -> list[Delivery]:
    """What a run loads: the plan of its dates, or of all while a full refresh is unfinished."""
    if refresh.is_unfinished(settings):
        date_from = date_to = None
    return plan(settings, date_from, date_to, kinds=kinds, today=today)


def never_delivered(settings: Settings) -> list[Source]:
    """The sources of which no file is there, nor ever was."""
    today = datetime.now(UTC).date()
    known = {source for source, _, _ in Ledger(settings).known()}
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
    email_key.warn_if_anew(settings, Ledger(settings))
    refresh.begin(settings)
    raw_layer.forget(settings)


def fingerprint_of(settings: Settings, source: Source) -> str:
    """Of all that decides what files mean, part by part; `parts` has them all.

    A part is told by its bytes: nothing here can know that a change of it means nothing.
    """
    definition = source.model_dump_json(exclude={"path"}, exclude_defaults=True).encode()
    contract = CONTRACTS_DIR / f"{source.kind}.yml"
    format = format_file(source)
    seeds = seed_files(source.own_dir)
    if source.date_only:
        definition += settings.reporting_time_zone.encode()  # whose days they are
    parts = {
        "definition": definition,
        "format": format.read_bytes() if format else b"",
        "contract": contract.read_bytes() if contract.exists() else b"",
        "seeds": b"".join(seeds[name].read_bytes() for name in addresses.SEEDS),
        "rules": b"".join(path.read_bytes() for path in RULES),
    }
    return " ".join(
        f"{part}={hashlib.sha256(content).hexdigest()[:16]}" for part, content in parts.items()
    )


def prepare(
    settings: Settings,
    kind: str,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    run_id: str,
    today: date | None = None,
    planned: Sequence[Delivery] | None = None,
) -> PendingLoad:
    """Conform everything new of one kind and write it aside, for a gate to judge.

    `planned` is a plan of this run for all kinds; without one, it is made here for this kind.
    Nothing that dbt or the next run reads has changed until the result is committed.
    """
    ledger = Ledger(settings)
    email_key.require(settings, ledger)
    ledger.begin_run(run_id)
    if planned is None:
        planned = plan_of_run(settings, date_from, date_to, kinds=(kind,), today=today)
    deliveries = [delivery for delivery in planned if delivery.kind == kind]
    load_id = max(ledger.load_ids(kind), default=0) + 1
    pending = PendingLoad(settings, kind, run_id, load_id)
    shutil.rmtree(pending.folder, ignore_errors=True)
    failpoints.point("ingest.before_write")
    sources = [source for source in settings.sources if source.kind == kind]
    rereading.announce(
        settings,
        ledger,
        kind,
        deliveries,
        {source.name: fingerprint_of(settings, source) for source in sources},
        {
            (source.name, found.file_name)
            for source in sources
            for found in find_deliveries(settings, source, today or datetime.now(UTC).date())
        },
    )
    outdated = rereading.outdated_layouts(settings, ledger, kind)
    if deliveries or outdated:
        try:
            _fill(pending, ledger, deliveries, outdated)
        except BaseException:
            pending.discard()
            raise
    failpoints.point("ingest.after_write")
    return pending


def _fill(
    pending: PendingLoad,
    ledger: Ledger,
    deliveries: Sequence[Delivery],
    outdated: Sequence[str],
) -> None:
    raw_layer.private_dir(pending.folder.parent)
    raw_layer.private_dir(pending.folder)
    pending.facts |= email_key.ensure(pending.settings, ledger)
    with closing(Session(pending.settings)) as connection:
        for source, of_source in groupby(deliveries, key=lambda delivery: delivery.source):
            _load_source(pending, ledger, connection, list(of_source), source.name in outdated)
        for source in outdated:
            if source not in pending.replaces:
                carry_over(connection, pending, read_contract(pending.kind), source, ())
        rereading.note_layouts(pending, {delivery.source.name for delivery in deliveries})
        written = raw_layer.rows_in(connection, pending.files)
        if written != pending.row_count:
            raise EngineError(
                f"raw/{pending.kind}: {written:,} rows were written and {pending.row_count:,} are "
                "accounted for; nothing is kept; this is a fault of ours"
            )


def _load_source(
    pending: PendingLoad,
    ledger: Ledger,
    connection: Session,
    deliveries: list[Delivery],
    is_outdated: bool,
) -> None:
    """Load what is new of a source. A file that cannot be read again keeps the rows it had."""
    source = deliveries[0].source
    fingerprint = fingerprint_of(pending.settings, source)
    while True:
        read_again = [d.replaces for d in deliveries if d.replaces]
        is_laid_anew = bool(read_again) or is_outdated
        before = pending.mark()
        if is_laid_anew:
            carry_over(connection, pending, read_contract(source.kind), source.name, read_again)
        if deliveries:
            SourceLoad(pending, connection, deliveries, fingerprint, stored_anew=is_laid_anew).run()
        failed = rereading.not_read_again(pending, before, deliveries)
        if not failed:
            return
        pending.undo(before, source.name)
        pending.unchanged += rereading.as_they_were(ledger, failed, fingerprint)
        places = {result.place for result in failed}
        deliveries = [d for d in deliveries if d.place not in places]
        if not deliveries and not is_outdated:
            return
