"""Bringing here what is new elsewhere, before a run plans: of every source that lies elsewhere.

A place that does not answer costs its source, whose next run tries again; what a person has to put
right ends the run, as do the machine's faults.
"""

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from journey.core.locations import FETCHED, is_elsewhere, located
from journey.core.log import logger
from journey.core.settings import Settings, Source
from journey.ingest.ledger import Ledger
from journey.ingest.planning.landing import finder
from journey.ingest.sources.copying import STEP, Copied, copy_new
from journey.ingest.sources.unreached import UnreachedError


@dataclass(frozen=True)
class Unreached:
    """A source that could not be brought here whole, and why."""

    sources: tuple[str, ...]
    reason: str

    @property
    def sentence(self) -> str:
        named = " and ".join(f"'{name}'" for name in self.sources)
        return (
            f"source {named}: {self.reason}; what is here already is loaded, and the next run "
            "tries again"
        )


def fetch(
    settings: Settings,
    date_from: date | None = None,
    date_to: date | None = None,
    *,
    today: date | None = None,
) -> list[Unreached]:
    """Bring what is new elsewhere into the landing folder. The caller holds the writer's lock.

    Of the delivery dates, both inclusive, where file names give them. Raises ConfigurationError for
    what a person has to put right, and EngineError for the machine's faults.
    """
    today = today or datetime.now(UTC).date()
    window = date_from or date.min, date_to or date.max
    _sweep(settings)
    ledger = Ledger(settings)
    unreached = []
    for sources in _by_origin(settings):
        try:
            problems = _fetch(settings, ledger, sources[0], window, today).problems
        except UnreachedError as error:
            problems = [str(error)]
        if problems:
            names = tuple(source.name for source in sources)
            reasons = "; ".join(dict.fromkeys(problems))
            unreached.append(Unreached(names, f"{sources[0].origin}: {reasons}"))
    for found in unreached:
        logger.warning("%s", found.sentence, extra={"step": STEP})
    return unreached


def _by_origin(settings: Settings) -> list[list[Source]]:
    """The sources that lie elsewhere; together those that read the same files."""
    found: dict[str, list[Source]] = {}
    companions = [one.companion(table) for one in settings.sources for table in one.tables]
    for source in (*settings.sources, *companions):
        if source.is_fetched:
            if is_elsewhere(source.path):
                finder(source.pattern, source, date.max)  # what is wrong with it, before any asking
            found.setdefault(source.path, []).append(source)
    return list(found.values())


def _fetch(
    settings: Settings, ledger: Ledger, source: Source, window: tuple[date, date], today: date
) -> Copied:
    if source.database is None:
        return copy_new(settings, ledger, source, located(source.path), window, today)
    # What a database has now is of a run that reaches the last whole day, not of a day of the past.
    if window[1] < today - timedelta(days=1):
        return Copied()
    from journey.ingest.sources.extracting import extract  # Arrow takes a while to be imported

    return extract(settings, source)


def _sweep(settings: Settings) -> None:
    """Remove what killed runs had begun to copy."""
    for parts in (settings.data_dir / FETCHED).glob("*/*/.part"):
        shutil.rmtree(parts, ignore_errors=True)
