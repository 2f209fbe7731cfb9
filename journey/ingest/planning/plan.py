"""What is new in the landing paths, and what has ended, against what the ledger knows.

How a file is found and dated is `landing`'s to say, what becomes of the new ones `loader`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from journey.core.errors import ConfigurationError
from journey.core.settings import Settings, Source
from journey.ingest import refresh
from journey.ingest.conform import mapping
from journey.ingest.ledger import Ledger
from journey.ingest.limits import Limits
from journey.ingest.planning import superseding
from journey.ingest.planning.companions import with_companions
from journey.ingest.planning.fingerprints import fingerprint_of
from journey.ingest.planning.landing import Delivery, Superseded, find_deliveries


def plan(
    settings: Settings,
    date_from: date | None = None,
    date_to: date | None = None,
    *,
    kinds: Sequence[str] | None = None,
    today: date | None = None,
    everything: bool = False,
) -> list[Delivery]:
    """The deliveries that are new, by source, delivery date and name.

    New is what a path holds and no load has taken: its first content and every other one after
    that, also one that returns. A rejected or loaded file is new again when what decides how it is
    read has changed; a rejected one also when its fault is gone. With `everything`, all that is
    there. The dates are those of delivery, both inclusive. Raises ConfigurationError where a
    source's definition is wrong, or its kind is another than that of its loaded files.
    """
    return list(_plan(settings, date_from, date_to, kinds, today, everything=everything).new)


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
    everything: bool = False,
) -> Plan:
    today = today or datetime.now(UTC).date()
    sources = [s for s in settings.sources if kinds is None or s.kind in kinds]
    for source in sources:
        mapping.check_source(source)
    ledger = Ledger(settings)
    found = [d for source in sources for d in find_deliveries(settings, source, today)]
    there = {(delivery.source.name, delivery.file_name) for delivery in found}
    first, last = date_from or date.min, date_to or date.max
    if not everything:
        _require_same_kinds(sources, ledger)
    known = {} if everything else ledger.known(kinds)
    loaded = {place[:2] for place, before in known.items() if before.is_current}
    # Of what is out of these dates only that need be known by its content which is loaded.
    found = [
        delivery
        for delivery in found
        if delivery.place[:2] in loaded
        or delivery.delivered_on is None
        or first <= delivery.delivered_on <= last
    ]
    found = with_companions(settings, ledger, ledger.identify(found, today), today)
    fingerprints = {source.name: fingerprint_of(settings, source) for source in sources}
    limits = Limits.of(settings)
    new = []
    for delivery in found:
        if not first <= delivery.day <= _last_day(delivery, last):
            continue
        before = known.get(delivery.place)
        of_source = fingerprints[delivery.source.name]
        now = delivery.fingerprint(of_source)
        if delivery.fault and before and before.is_current and before.means_as(of_source):
            continue  # what it was joined with is gone, and its rows stay
        if before is None or before.sha256 != delivery.sha256 or before.replaced_by is not None:
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


def _last_day(delivery: Delivery, last: date) -> date:
    """What a run brings here itself and no name dates is of the day before: it is what there was
    when that day had ended, and it would wait for the next night otherwise."""
    is_undated = "{date" not in delivery.source.path
    is_brought = delivery.source.is_fetched and is_undated
    return last + timedelta(days=1) if is_brought and last < date.max else last


def _require_same_kinds(sources: Sequence[Source], ledger: Ledger) -> None:
    """Rows that are kept as one kind would be counted beside those that are loaded as another."""
    current = ledger.current_kinds()
    for source in sources:
        others = sorted(current.get(source.name, set()) - {source.kind})
        if others:
            raise ConfigurationError(
                f"source '{source.name}': its files were loaded as {others[0]}, and its kind is "
                f"{source.kind} now; if it was wrong before, run `journey run --full-refresh`, "
                "which loads all that lies in the landing paths again; if another tool delivers "
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
