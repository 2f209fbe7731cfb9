"""What is new in the landing folder, and one kind of it prepared as a pending load.

Which rows are kept is decided batch by batch in `batches`; what a gate says, by the caller.
"""

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime

from journey.core import failpoints
from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.core.log import logger
from journey.core.seeds import seed_files
from journey.core.settings import Settings, Source
from journey.ingest import (
    addresses,
    email_key,
    gone_rows,
    mapping,
    raw_layer,
    refresh,
    rereading,
    rules,
    superseding,
)
from journey.ingest.batches import SourceLoad
from journey.ingest.carry_over import carry_over
from journey.ingest.contracts import CONTRACTS_DIR, read_contract
from journey.ingest.formats import format_file
from journey.ingest.landing import Delivery, Superseded, find_deliveries
from journey.ingest.ledger import Ledger
from journey.ingest.limits import Limits
from journey.ingest.outcomes import FileResult
from journey.ingest.pending import PendingLoad
from journey.ingest.session import Session
from journey.ingest.withdrawals import Withdrawn


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

    New is what a path holds and no load has taken: its first content and every other one after
    that, also one that returns. A rejected or loaded file is new again when what decides how it is
    read has changed; a rejected one also when its fault is gone. With `anew`, everything that is
    there. The dates are those of delivery, both inclusive. Raises ConfigurationError where a
    source's definition is wrong, or its kind is another than that of its loaded files.
    """
    return list(_plan(settings, date_from, date_to, kinds, today, anew=anew).new)


def is_ended(settings: Settings) -> bool:
    """Whether rows are kept of what no path holds any more, although nothing is new."""
    return bool(_plan(settings, None, None, None, None).ended)


@dataclass(frozen=True)
class Plan:
    """What lies in the landing paths now, held against what the ledger knows.

    `new` is to be loaded; `ended` are loaded deliveries that are none any more, other than by what
    is new. `there` has the source and path of every file, whatever its date.
    """

    new: Sequence[Delivery]
    ended: Sequence[Superseded]
    there: set[tuple[str, str]]


def _plan(
    settings: Settings,
    date_from: date | None,
    date_to: date | None,
    kinds: Sequence[str] | None,
    today: date | None,
    *,
    anew: bool = False,
) -> Plan:
    today = today or datetime.now(UTC).date()
    sources = [s for s in settings.sources if kinds is None or s.kind in kinds]
    for source in sources:
        mapping.check_source(source)
    ledger = Ledger(settings)
    found = [d for source in sources for d in find_deliveries(settings, source, today)]
    there = {(delivery.source.name, delivery.file_name) for delivery in found}
    first, last = date_from or date.min, date_to or date.max
    if not anew:
        _require_same_kinds(sources, ledger)
    known = {} if anew else ledger.known(kinds)
    loaded = {place[:2] for place, before in known.items() if before.is_standing}
    # Of what is out of these dates only that need be known by its content which is loaded.
    found = [
        delivery
        for delivery in found
        if delivery.place[:2] in loaded
        or delivery.delivered_on is None
        or first <= delivery.delivered_on <= last
    ]
    found = ledger.identify(found, today)
    fingerprints = {source.name: fingerprint_of(settings, source) for source in sources}
    limits = Limits.of(settings)
    new = []
    for delivery in found:
        if not first <= delivery.delivered_on <= last:
            continue
        before = known.get(delivery.place)
        now = delivery.fingerprint(fingerprints[delivery.source.name])
        is_known = before is not None and before.sha256 == delivery.sha256
        if not is_known or before.replaced_by is not None:
            new.append(delivery)
        elif before.fingerprint not in (now, f"{now} {limits}"):
            is_loaded = before.status == "loaded"
            new.append(delivery.again(before.lineage_name if is_loaded else None))
    of_settings = {source.name for source in sources}
    ended = superseding.ended(
        {place: before for place, before in known.items() if place[0] in of_settings},
        found,
        new,
        there,
    )
    new = [delivery.instead_of(ended.by_new.get(delivery.place, ())) for delivery in new]
    return Plan(new, ended.by_loaded, there)


def _require_same_kinds(sources: Sequence[Source], ledger: Ledger) -> None:
    """Rows that stand as one kind would be counted beside those that are loaded as another."""
    standing = ledger.standing_kinds()
    for source in sources:
        others = sorted(standing.get(source.name, set()) - {source.kind})
        if others:
            raise ConfigurationError(
                f"source '{source.name}': its files were loaded as {others[0]}, and its kind is "
                f"{source.kind} now; if it was wrong before, run `journey run --full-refresh`, "
                "which loads all that lies in the landing paths anew; if another tool delivers "
                f"{source.kind}, set the kind back and give that tool a source with a name of its "
                "own"
            )


def plan_of_run(
    settings: Settings,
    date_from: date | None = None,
    date_to: date | None = None,
    *,
    kinds: Sequence[str] | None = None,
    today: date | None = None,
) -> Plan:
    """What a run loads: the plan of its dates, or of all while a full refresh is unfinished."""
    if refresh.is_unfinished(settings):
        date_from = date_to = None
    return _plan(settings, date_from, date_to, kinds, today)


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
        and loaded["replaced_by"] is None
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
        "rules": rules.digest(rules.FOLDER),
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
    planned: Plan | None = None,
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
    sources = [source for source in settings.sources if source.kind == kind]
    names = {source.name for source in sources}
    deliveries = [delivery for delivery in planned.new if delivery.kind == kind]
    ended = [superseded for superseded in planned.ended if superseded.source in names]
    load_id = max(ledger.load_ids(kind), default=0) + 1
    pending = PendingLoad(settings, kind, run_id, load_id)
    shutil.rmtree(pending.folder, ignore_errors=True)
    failpoints.point("ingest.before_write")
    rereading.announce(
        settings,
        ledger,
        kind,
        deliveries,
        {source.name: fingerprint_of(settings, source) for source in sources},
        planned.there,
    )
    outdated = rereading.outdated_layouts(settings, ledger, kind)
    if deliveries or outdated or ended:
        try:
            _fill(pending, ledger, deliveries, outdated, ended)
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
    ended: Sequence[Superseded],
) -> None:
    raw_layer.private_dir(pending.folder.parent)
    raw_layer.private_dir(pending.folder)
    pending.facts |= email_key.ensure(pending.settings, ledger)
    of_source: dict[str, list[Delivery]] = {name: [] for name in outdated}
    of_source |= {superseded.source: [] for superseded in ended}
    for delivery in deliveries:
        of_source.setdefault(delivery.source.name, []).append(delivery)
    with closing(Session(pending.settings)) as connection:
        for source, delivered in of_source.items():
            gone = [superseded for superseded in ended if superseded.source == source]
            _load_source(pending, ledger, connection, source, delivered, gone, source in outdated)
        rereading.note_layouts(pending, set(of_source))
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
    source: str,
    deliveries: list[Delivery],
    ended: Sequence[Superseded],
    is_outdated: bool,
) -> None:
    """Load what is new of a source and let go what has ended.

    A file that cannot be read again, and what a file held that cannot be loaded now, keep the rows
    they had: then all is begun again without that file.
    """
    contract = read_contract(pending.kind)
    rejected: list[FileResult] = []
    gone_rows.begin(connection)
    while True:
        before = pending.mark()
        going = [*ended, *(end for delivery in deliveries for end in delivery.supersedes)]
        dropped = [d.replaces for d in deliveries if d.replaces]
        dropped += [end.lineage_name for end in going]
        if dropped or is_outdated:
            carry_over(connection, pending, contract, source, dropped, is_outdated=is_outdated)
        if deliveries:
            superseded = frozenset(pending.superseded[before.superseded :])
            fingerprint = fingerprint_of(pending.settings, deliveries[0].source)
            SourceLoad(pending, connection, deliveries, fingerprint, superseded=superseded).run()
        results = {result.place: result for result in pending.results[before.results :]}
        failed = [
            delivery
            for delivery in deliveries
            if (delivery.replaces or delivery.supersedes)
            and (delivery.place not in results or results[delivery.place].status == "refused")
        ]
        if not failed:
            break
        pending.undo(before, source)
        told = {d.place: results[d.place] for d in failed if d.place in results}
        again = [told[d.place] for d in failed if d.replaces and d.place in told]
        pending.unchanged += rereading.as_they_were(ledger, again, fingerprint)
        rejected += [told[d.place] for d in failed if not d.replaces and d.place in told]
        deliveries = [delivery for delivery in deliveries if delivery not in failed]
    pending.results += rejected
    pending.retired += going
    names = [end.lineage_name for end in going]
    rows = gone_rows.count(connection, pending, contract, source, names, deliveries)
    if rows:
        first = going[0].file_name
        gone = Withdrawn(source, pending.kind, first, len(going), rows, pending.run_id)
        pending.withdrawn.append(gone)
        logger.warning("%s", gone.sentence, extra={"step": f"raw/{pending.kind}"})
