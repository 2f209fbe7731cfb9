"""The files of one source, conformed and written batch by batch into a pending load.

Reads (`read`), conforms (`conform`), compares versions (`versions`) and writes (`output`), all
inside the database: no row passes through Python. Here is what a failure costs: a file that cannot
be taken, only itself; what says nothing of any file, the load.
"""

import shutil
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from journey.core import database
from journey.core.database import only_value
from journey.core.sizes import in_words
from journey.core.sql import text
from journey.ingest import (
    accounts,
    columns_seen,
    machine,
    made_keys,
    raw_layer,
    source_files,
    tombstones,
    versions,
)
from journey.ingest.addresses import without_addresses
from journey.ingest.conform import mapping
from journey.ingest.conform.batch import Conformed, Conformer
from journey.ingest.conform.joined_tables import JoinedTables
from journey.ingest.contracts import read_contract
from journey.ingest.formats import format_of
from journey.ingest.limits import Limits
from journey.ingest.outcomes import FileResult
from journey.ingest.output import Output
from journey.ingest.pending import PendingLoad
from journey.ingest.planning.landing import Delivery
from journey.ingest.progress import Progress
from journey.ingest.read import parquet_files, parquet_text, relations
from journey.ingest.read.errors import (
    BadFilesError,
    ConcatenatedError,
    NotDocumentsError,
    StrayQuotesError,
    TooLargeError,
    UnreadableError,
    damaged_parquet,
)
from journey.ingest.read.headers import Expected
from journey.ingest.read.inspection import Inspected
from journey.ingest.read.reading import Reading
from journey.ingest.session import Session
from journey.ingest.source_files import File

# Looks at a batch while it is there: what was read of these files, and what it became.
Observer = Callable[[Session, Sequence[Inspected], Reading, Conformed], None]


class _ChangedError(Exception):
    """Files that were written to while they were read; the next run takes them."""

    def __init__(self, places: set[int]) -> None:
        super().__init__()
        self.places = places


class _BrokenSessionError(Exception):
    """The database broke over one of these files and answers nothing any more."""

    def __init__(self, places: set[tuple[str, str, int]]) -> None:
        super().__init__()
        self.places = places


class SourceLoad:
    """One pass over what a source has delivered. `deliveries` come in the order of delivery."""

    def __init__(
        self,
        pending: PendingLoad,
        connection: Session,
        deliveries: Sequence[Delivery],
        fingerprint: str,
        *,
        superseded: Set[Path] = frozenset(),
        observer: Observer | None = None,
    ) -> None:
        """`superseded` are files that hold rows of what these deliveries put an end to."""
        self.observer = observer
        self.pending = pending
        self.connection = connection
        self.deliveries = deliveries
        self.fingerprint = fingerprint
        self.source = deliveries[0].source
        self.contract = read_contract(self.source.kind)
        self.format = format_of(self.source)
        self.limits = Limits.of(pending.settings)
        self.conformer = Conformer(
            connection,
            self.source,
            self.contract,
            self.format,
            pending.settings.reporting_time_zone,
        )
        self.tables = JoinedTables(connection, self.source, self.contract, self.format, self.limits)
        self.output = Output(pending, connection, self.contract, self.source.name)
        self.results: list[FileResult] = []
        # Files that the database broke over, and those of which one must be such a file.
        self.breaking: set[tuple[str, str, int]] = set()
        self.suspected: set[tuple[str, str, int]] = set()
        self.columns: dict[tuple[str, str, int], tuple[str, ...]] = {}
        self.known = self._known(superseded)

    def _known(self, superseded: Set[Path]) -> versions.Known:
        """What was kept before. What stays of superseded files lies in the pending load."""
        settings, kind, source = self.pending.settings, self.source.kind, self.source.name
        kept = raw_layer.files_of_source(raw_layer.raw_files(settings, kind), source)
        redelivered = raw_layer.redelivered_files(settings, kind, source)
        return versions.Known(
            stored=[path for path in kept if path not in superseded],
            redelivered=[path for path in redelivered if path not in superseded],
            dead=[path for path in kept if path in superseded],
            dropped=[s.lineage_name for d in self.deliveries for s in d.supersedes],
        )

    def run(self) -> None:
        step = f"raw/{self.source.kind}"
        with Progress(step, self.source.name, self.deliveries) as self.progress:
            self._run_until_done()

    def _run_until_done(self) -> None:
        before = self.pending.mark()
        while True:
            try:
                self._run()
                return
            except _BrokenSessionError as broken:
                # Begun again without the file; where it was one of several, with each by itself.
                if len(broken.places) == 1:
                    self.breaking |= broken.places
                else:
                    self.suspected |= broken.places
                self.results = []
                self.pending.undo(before, self.source.name)
                shutil.rmtree(self._unpacked_dir, ignore_errors=True)
                self.connection.renew()
                self.tables.forget()
                self.progress.restart()
            except (OSError, MemoryError) as error:
                # Of a copy, too, which is made where a file turns out to be another than it seemed.
                raise machine.stopped(f"raw/{self.source.kind}", error) from error

    def _run(self) -> None:
        self.output.begin()
        for chunk in source_files.chunks(self.deliveries):
            readable = self._readable(chunk)
            for _, like in groupby(readable, key=lambda file: file.signature):
                for batch in source_files.in_batches(list(like), self.limits.documents):
                    self._load(batch)
                    self.progress.count(file.delivery for file in batch)
            self.progress.count(chunk)
            shutil.rmtree(self._unpacked_dir, ignore_errors=True)
        self._drop_batch()
        self.tables.drop()
        self.output.write_quarantine()
        places = {delivery.place: place for place, delivery in enumerate(self.deliveries)}
        self.results.sort(key=lambda result: places[result.place])
        self.pending.results += self.results
        self._note_columns()

    def _note_columns(self) -> None:
        """Of files of which a row was understood: the header of another may be a row of data."""
        understood = [r for r in self.results if r.delivered > r.quarantined]
        files = [
            (r.file_name, self.columns[r.place]) for r in understood if r.place in self.columns
        ]
        settings, source = self.pending.settings, self.source.name
        self.pending.facts |= columns_seen.facts_of(settings, source, files)

    # From deliveries to files that can be read.

    @property
    def _unpacked_dir(self) -> Path:
        return self.pending.folder / "unpacked"

    def _readable(self, deliveries: list[Delivery]) -> list[File]:
        """The files that can be read; the others are rejected here."""
        try:
            found = source_files.inspected(
                deliveries,
                self._unpacked_dir,
                self.limits.unpacked,
                self.breaking,
                Expected(self.format.fields, self.source.header_names, self.format.required),
            )
        except (OSError, MemoryError, RuntimeError) as error:
            raise machine.stopped(f"raw/{self.source.kind}", error) from error
        readable = []
        for delivery, inspected in found:
            try:
                if isinstance(inspected, UnreadableError):
                    raise inspected
                if inspected.container not in self.format.reads:
                    raise UnreadableError(
                        f"format '{self.format.name}' reads {' or '.join(self.format.reads)} and "
                        f"this is {inspected.container}; deliver another file, or change the format"
                    )
                signature = (*self._signature(delivery, inspected), delivery.companions)
                readable.append(File(delivery, inspected, signature))
            except UnreadableError as unreadable:
                self._reject(delivery, unreadable)
        return readable

    def _signature(self, delivery: Delivery, inspected: Inspected) -> tuple[Any, ...]:
        """What files must share to be read in one statement."""
        by_itself = delivery.place if delivery.place in self.suspected else None
        if inspected.container == "parquet":
            try:
                columns = parquet_files.parquet_columns(self.connection, inspected)
                self.columns[delivery.place] = tuple(columns)
                return (by_itself, *columns.items())
            except duckdb.Error as error:
                self._stop_if_broken([delivery], error)
                self._stop_if_of_machine(error)
                raise damaged_parquet(f" ({mapping.first_line(error)})") from None
        if inspected.header and self.source.header:
            self.columns[delivery.place] = inspected.header
        return (
            by_itself,
            inspected.container,
            inspected.is_document,
            inspected.header,
            inspected.header_line,
            inspected.separator,
        )

    # What a failure costs.

    def _load(self, batch: list[File]) -> None:
        """Load like files in one go; whatever fails costs the file that it is in."""
        if not batch:
            return
        try:
            self._load_batch(batch)
        except BadFilesError as bad:
            for place, reason in bad.reasons.items():
                self._reject(batch[place].delivery, reason)
            self._load([file for place, file in enumerate(batch) if place not in bad.reasons])
        except StrayQuotesError as found:
            self._load(
                [source_files.without_stray(f, found.stray.get(n, ())) for n, f in enumerate(batch)]
            )
        except ConcatenatedError as joined:
            self._load([f for place, f in enumerate(batch) if place not in joined.places])
            self._load_one_a_line([f for place, f in enumerate(batch) if place in joined.places])
        except NotDocumentsError as other:
            self._load([f for place, f in enumerate(batch) if place not in other.places])
            self._load([source_files.as_lines(f) for n, f in enumerate(batch) if n in other.places])
        except _ChangedError as changed:
            self._load([f for place, f in enumerate(batch) if place not in changed.places])
        except UnreadableError as unreadable:
            if len(batch) == 1:
                self._reject(batch[0].delivery, unreadable)
                return
            self._load_halves(batch)  # which of them does not fit?
        except (duckdb.Error, OSError, MemoryError) as error:
            self.output.remove()
            self._stop_if_broken([file.delivery for file in batch], error)
            if isinstance(error, duckdb.OutOfMemoryException):
                if self._load_large(batch):
                    return
                if len(batch) > 1:  # what is too much at once may fit by parts
                    self._load_halves(batch)
                    return
            self._stop_if_of_machine(error)
            if len(batch) == 1 and not batch[0].delivery.is_unchanged():
                return  # written to, or taken away, while it was read
            if len(batch) == 1:
                self._reject_for(batch[0], error)
                return
            self._load_halves(batch)

    def _load_halves(self, batch: list[File]) -> None:
        """Load the files in two goes: those beside the one that fails are read together."""
        middle = len(batch) // 2
        self._load(batch[:middle])
        self._load(batch[middle:])

    def _reject(self, delivery: Delivery, why: Exception) -> None:
        self.results.append(
            FileResult(
                source=self.source.name,
                kind=self.source.kind,
                file_name=delivery.file_name,
                sha256=delivery.sha256,
                sequence=delivery.sequence,
                delivered_on=delivery.delivered_on,
                status="rejected",
                fingerprint=delivery.fingerprint(self.fingerprint)
                + (f" {self.limits}" if isinstance(why, TooLargeError) else ""),
                reason=without_addresses(f"{delivery.file_name}: {why}"),
            )
        )

    def _reject_for(self, file: File, error: Exception) -> None:
        """Reject a file for what was said while it was read, if there is no way around it."""
        if parquet_text.is_about_text(error):
            if not file.inspected.is_fixed:
                self._load_text_as_bytes(file)
                return
            why = UnreadableError(
                "text in one of its lists or objects is not UTF-8; export it as UTF-8"
            )
        else:
            said = mapping.first_line(error, mapping.expected_names(self.source))
            why = (
                damaged_parquet(f" ({said})")
                if parquet_files.damage(self.connection, file.inspected)
                else UnreadableError(
                    f"it cannot be read as {self.format.name} ({said}); fix the file, or the "
                    f"definition of source '{self.source.name}'"
                )
            )
        self._reject(file.delivery, why)

    def _load_text_as_bytes(self, file: File) -> None:
        try:
            copied = source_files.text_as_bytes(file)
        except UnreadableError as unreadable:
            self._reject(file.delivery, unreadable)
            return
        self._load([copied])

    def _load_one_a_line(self, batch: list[File]) -> None:
        """Load files from copies in which each record has a line of its own."""
        copies = []
        for file in batch:
            try:
                copies.append(source_files.one_a_line(file, self.limits.whole))
            except TooLargeError as large:
                self._reject(file.delivery, large)
        self._load(copies)

    def _load_large(self, batch: list[File]) -> bool:
        """Whether memory ran out for the size of a record, which costs the file that it is in."""
        large = [file for file in batch if self._is_large(file.inspected)]
        if not large:
            return False
        if len(batch) == 1:
            limit = f"does not fit into memory_limit ({self.pending.settings.memory_limit})"
            size = in_words(large[0].inspected.largest)
            why = (
                f"what a part of it unpacks to {limit}, if it is not damaged; deliver it in parts, "
                "or raise memory_limit in the settings"
                if large[0].inspected.container == "parquet"
                else f"it holds a record or a document of {size}, which {limit}; deliver it in "
                "parts, or raise memory_limit in the settings"
            )
            self._reject(large[0].delivery, TooLargeError(why))
            return True
        self._load([file for file in batch if file not in large])
        for file in large:
            self._load([file])
        return True

    def _is_large(self, file: Inspected) -> bool:
        if file.container == "parquet":
            with database.connect(self.pending.settings) as own:
                if damage := parquet_files.damage(own, file):
                    return isinstance(damage, duckdb.OutOfMemoryException)
                return self.limits.is_large(parquet_files.largest_vector(own, file))
        return self.limits.is_large(file.largest)

    def _stop_if_of_machine(self, error: Exception) -> None:
        if machine.is_of_machine(error):
            raise machine.stopped(f"raw/{self.source.kind}", error) from error

    def _stop_if_broken(self, deliveries: Sequence[Delivery], error: Exception) -> None:
        if isinstance(error, duckdb.Error) and self.connection.is_broken():
            raise _BrokenSessionError({delivery.place for delivery in deliveries}) from error

    # From files to rows.

    def _load_batch(self, batch: list[File]) -> None:
        self._drop_batch()
        self._make_tables(batch)
        self.output.number += 1
        self._name_files(batch)
        inspected = [file.inspected for file in batch]
        read = self.conformer.read(inspected, at_most=self.limits.unpacked)
        conformed = self.conformer.conform(read, inspected)
        if self.observer:
            self.observer(self.connection, inspected, read, conformed)
        forgotten = tombstones.drop_rows(self.connection, self.contract, self.source.name)
        if conformed.has_hashed_keys:
            versions.number_equal_hashes(self.connection, self.contract)
        known = replace(
            self.known,
            stored=[*self.known.stored, *self.output.pending_files("rows/event_date=*")],
            redelivered=[*self.known.redelivered, *self.output.pending_files("redelivered")],
        )
        decisions = versions.decide(self.connection, self.contract, self.source.name, known)
        changed = {n for n, file in enumerate(batch) if not file.delivery.is_unchanged()}
        if changed:
            raise _ChangedError(changed)
        self.output.write_rows(decisions)
        self.output.gather_quarantine(read)
        unreadable = tombstones.drop_unreadable(self.connection)
        for place, file in enumerate(batch):
            gone = unreadable.get(file.delivery.file_name, 0)
            forgotten[place] = forgotten.get(place, 0) + gone
        self.results += accounts.results(
            self.output,
            [file.delivery for file in batch],
            self.fingerprint,
            records=conformed.records,
            delivered=conformed.delivered,
            decisions=decisions,
            joined=self.tables.joined,
            forgotten=forgotten,
        )
        if decisions:
            count = f"select count(*) from {decisions.reinstated}"
            self.pending.reinstated += only_value(self.connection, count)

    def _make_tables(self, batch: list[File]) -> None:
        """Have the tables that these files are joined with, all with the same."""
        try:
            self.tables.make(batch[0].delivery, self._unpacked_dir / "tables")
        except UnreadableError as why:
            raise BadFilesError(dict.fromkeys(range(len(batch)), why)) from None

    def _name_files(self, batch: list[File]) -> None:
        """Make the table `files`, of what the rows of each file bear besides what it holds."""
        rows = ", ".join(
            f"({number}, {text(file.delivery.file_name)}, date {text(file.delivery.delivered_on)},"
            f" {text(made_keys.prefix_of(file.delivery.sha256))})"
            for number, file in enumerate(batch)
        )
        self.connection.execute(
            f"""create or replace table files as
            select * from (values {rows}) as file(_file, file_name, delivered_on, key_prefix)"""
        )

    def _drop_batch(self) -> None:
        """Drop what the last batch left on the connection."""
        relations.drop(self.connection)
        versions.drop(self.connection)
        self.conformer.drop()
        self.output.drop()
