"""One source after the other: its newest file, loaded into a folder that is thrown away."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from journey.core import database
from journey.core.log import logger
from journey.core.settings import Settings, Source
from journey.ingest import email_key, raw_layer
from journey.ingest.addresses import without_addresses
from journey.ingest.conform import mapping
from journey.ingest.contracts import read_contract
from journey.ingest.ledger import Ledger
from journey.ingest.pending import PendingLoad
from journey.ingest.planning.companions import with_companions
from journey.ingest.planning.landing import Delivery, find_deliveries, stamp_of
from journey.ingest.read.inspection import digest
from journey.ingest.session import Session
from journey.ingest.source_load import SourceLoad
from journey.ingest.trial import kept_rows, quarantined
from journey.ingest.trial.first_rows import first_rows
from journey.ingest.trial.found import Found, Identifiers, Names, Reason
from journey.ingest.trial.observed import NAME, Observed

RUN_ID = "check"


def check(
    settings: Settings,
    sources: Sequence[Source],
    *,
    rows: int,
    is_showing_values: bool = False,
    today: date | None = None,
) -> list[Found]:
    """What would become of the newest file of each source, of its first `rows` alone.

    Raises ConfigurationError where a source's definition is wrong. Nothing below the data dir is
    changed. `is_showing_values` lets names of columns be shown that may be a person's.
    """
    for source in sources:
        mapping.check_source(source)
    today = today or datetime.now(UTC).date()
    with tempfile.TemporaryDirectory(prefix="journey-check-") as folder:
        trial = _Trial(settings, Path(folder), rows, is_showing_values)
        found = [trial.of(source, today) for source in sources]
        return trial.with_people(found)


class _Trial:
    """A warehouse of one check: what is loaded there is looked at and never kept."""

    def __init__(
        self, settings: Settings, folder: Path, rows: int, is_showing_values: bool
    ) -> None:
        self.settings = settings
        self.rows = rows
        self.is_showing_values = is_showing_values
        self.own = settings.model_copy(update={"data_dir": folder})
        self.files: dict[str, list[Path]] = {}  # of kept rows, by source
        email_key.ensure(self.own, Ledger(self.own))

    def of(self, source: Source, today: date) -> Found:
        path = without_addresses(source.origin)  # of a file that is named by one
        begun = Found(source.name, source.kind, source.format, path)
        newest = _newest(find_deliveries(self.settings, source, today))
        if newest is None:
            return begun
        readers = [other for other in self.settings.sources if other.path == source.path]
        observed = Observed(source, readers)
        if self.is_showing_values:
            observed.show = lambda _: True
        pending = PendingLoad(self.own, source.kind, RUN_ID, load_id=1)
        raw_layer.private_dir(pending.folder.parent)
        raw_layer.private_dir(pending.folder)
        delivery, is_part = self._part_of(newest, today)
        with _notes() as notes, closing(Session(self.own)) as connection:
            SourceLoad(pending, connection, [delivery], RUN_ID, observer=observed).run()
        if not pending.results:
            return begun  # it was taken away meanwhile
        [result] = pending.results
        if result.status == "rejected":
            return replace(begun, file=newest.file_name, rejected=result.reason, notes=notes)
        self.files[source.name] = raw_layer.files_of_source(pending.files, source.name)
        return replace(
            self._of_rows(begun, pending, source, observed),
            file=newest.file_name,
            is_part=is_part,
            records=result.records,
            delivered=result.delivered,
            kept=result.loaded + result.restated,
            duplicate=result.duplicate,
            quarantined=result.quarantined,
            columns=observed.columns,
            unread=observed.unread,
            unread_others=observed.unread_others,
            times=observed.times,
            date_zone=self.settings.reporting_time_zone if source.date_only else None,
            notes=notes,
        )

    def _part_of(self, newest: Delivery, today: date) -> tuple[Delivery, bool]:
        """The delivery, of its first rows alone where it has more, and whether it has."""
        folder = Path(tempfile.mkdtemp(dir=self.own.data_dir))
        part = None if newest.fault else first_rows(newest.path, self.rows, folder)
        path = part or newest.path
        sha256 = "" if newest.fault else digest(path)
        delivered_on = newest.delivered_on or today
        identified = newest.identified(sha256, stamp_of(path), delivered_on, 1)
        [joined] = with_companions(self.settings, Ledger(self.own), [identified], today)
        return replace(joined, path=path), part is not None

    def _of_rows(
        self, begun: Found, pending: PendingLoad, source: Source, observed: Observed
    ) -> Found:
        """What is seen in the rows that were written: those in quarantine and those kept."""
        contract = read_contract(source.kind)
        names: list[Names] = []
        reasons: list[Reason] = []
        identifiers: list[Identifiers] = []
        aside = pending.folder / "quarantine" / f"{source.name}-{pending.load_id}.parquet"
        with closing(database.connect(self.own)) as connection:
            if aside.exists():
                reasons = quarantined.reasons(connection, aside, contract, source)
                names = quarantined.unknown_values(connection, aside)
            if self.files[source.name]:
                rows = kept_rows.rows_of(self.files[source.name])
                names += kept_rows.names_without_rule(
                    connection, rows, contract, self.settings.own_dir
                )
                identifiers = kept_rows.odd_identifiers(
                    connection, rows, contract, observed.fillers
                )
        names = [self._shown(found) for found in names]
        return replace(begun, reasons=reasons, names=names, identifiers=identifiers)

    def _shown(self, found: Names) -> Names:
        """Without names that may be a person's."""
        if self.is_showing_values:
            return found
        shown = [(given, rows) for given, rows in found.names if NAME.fullmatch(given)]
        hidden = len(found.names) - len(shown)
        return replace(found, names=shown, others=found.others + hidden)

    def with_people(self, found: Sequence[Found]) -> list[Found]:
        """The same, with the people of each source, when all sources are known."""
        rows = {
            of.source: (kept_rows.rows_of(self.files[of.source]), read_contract(of.kind))
            for of in found
            if self.files.get(of.source)
        }
        with closing(database.connect(self.own)) as connection:
            kept_rows.gather_people(connection, rows)
            return [
                replace(
                    of, people=kept_rows.people_of(connection, of.source, has_others=len(rows) > 1)
                )
                for of in found
            ]


def _newest(deliveries: Sequence[Delivery]) -> Delivery | None:
    """The latest by the date in its name; without one, the one that was written last."""

    def age(delivery: Delivery) -> tuple[bool, date, float]:
        try:
            written = delivery.path.stat().st_mtime
        except OSError:
            written = 0.0
        day = delivery.delivered_on or datetime.fromtimestamp(written, UTC).date()
        return delivery.fault is None, day, written

    return max(deliveries, key=age, default=None)


@contextmanager
def _notes() -> Iterator[list[str]]:
    """What a load says beside its result, such as of members that no record has."""
    notes: list[str] = []
    handler = _Notes(notes)
    level, does_propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield notes
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = does_propagate


class _Notes(logging.Handler):
    def __init__(self, notes: list[str]) -> None:
        super().__init__(logging.INFO)
        self.notes = notes

    def emit(self, record: logging.LogRecord) -> None:
        if not getattr(record, "is_moving", False):
            self.notes.append(record.getMessage())
