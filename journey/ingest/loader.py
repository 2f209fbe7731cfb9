"""One kind of what is new, prepared as a pending load, for a gate to judge.

Which files are new is the plan's to say (`planning`); which rows are kept is decided batch by batch
in `source_load`.
"""

import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import date

from journey.core import failpoints
from journey.core.errors import EngineError
from journey.core.log import logger
from journey.core.settings import Settings
from journey.ingest import email_key, gone_rows, raw_layer
from journey.ingest.carry_over import carry_over
from journey.ingest.contracts import read_contract
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import FileResult
from journey.ingest.pending import PendingLoad
from journey.ingest.planning import rereading
from journey.ingest.planning.fingerprints import fingerprint_of
from journey.ingest.planning.landing import Delivery, Superseded
from journey.ingest.planning.plan import Plan, plan_of_run
from journey.ingest.session import Session
from journey.ingest.source_load import SourceLoad
from journey.ingest.withdrawals import Withdrawn


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
            and (delivery.place not in results or results[delivery.place].status == "rejected")
        ]
        if not failed:
            break
        pending.undo(before, source)
        known = {d.place: results[d.place] for d in failed if d.place in results}
        again = [known[d.place] for d in failed if d.replaces and d.place in known]
        pending.unchanged += rereading.as_they_were(ledger, again)
        rejected += [known[d.place] for d in failed if not d.replaces and d.place in known]
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
