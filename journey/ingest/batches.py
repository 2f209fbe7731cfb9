"""The files of one source, conformed and written batch by batch into a pending load.

Reads (`reading`), conforms (`conforming`), tells versions apart (`versions`) and writes, all inside
the database: no row passes through Python. Like files go through together, because one pass over
many is faster; a file that cannot be taken costs only itself.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

import duckdb

from journey.core import database
from journey.core.errors import EngineError
from journey.core.log import say
from journey.core.sizes import in_words
from journey.core.sql import text
from journey.ingest import (
    accounts,
    column_names,
    concatenated,
    conforming,
    failing_rows,
    machine,
    mapping,
    parquet_text,
    physical_lines,
    raw_layer,
    reading,
    versions,
    whole_records,
)
from journey.ingest.addresses import without_addresses
from journey.ingest.contracts import read_contract
from journey.ingest.formats import format_of
from journey.ingest.inspection import (
    Inspected,
    TooLargeError,
    UnreadableError,
    cannot_open,
    inspect,
)
from journey.ingest.landing import Delivery
from journey.ingest.limits import Limits
from journey.ingest.outcomes import FileResult
from journey.ingest.output import Output
from journey.ingest.pending import PendingLoad
from journey.ingest.session import Session

BATCH_BYTES = 1 << 30
DOCUMENT_BYTES = 128 << 20
UNPACKED_TIMES = 8  # a packed file is taken to hold this many times its size
KEY_PREFIX_LENGTH = 16
MOST_ABSENT_MEMBERS = 100
MOST_RETYPES = 500  # of a file that may fit by no type at all
NUMBERS = ("decimal", "integer", "bigint")
BREAKING = "it is damaged in a way that the database breaks down over; deliver it again"
ABSENT_MEMBER = re.compile(r'Referenced column "((?:[^"]|"")+)" not found')


@dataclass(frozen=True)
class _File:
    delivery: Delivery
    inspected: Inspected
    likeness: tuple = ()


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
    ) -> None:
        """`superseded` are files that hold rows of what these deliveries put an end to."""
        self.pending = pending
        self.connection = connection
        self.deliveries = deliveries
        self.fingerprint = fingerprint
        self.source = deliveries[0].source
        self.contract = read_contract(self.source.kind)
        self.format = format_of(self.source)
        self.limits = Limits.of(pending.settings)
        self.output = Output(pending, connection, self.contract, self.source.name)
        self.results: list[FileResult] = []
        self.is_forgiving = False  # whether an expression that fails is nothing, in this batch
        self.records: dict[int, int] = {}  # of each file of the batch, by place
        self.delivered: dict[int, int] = {}
        self.told: set[str] = set()  # members whose absence was told of
        # Files that the database broke over, and those of which one must be such a file.
        self.breaking: set[tuple[str, str, int]] = set()
        self.suspected: set[tuple[str, str, int]] = set()
        # What stays of superseded files lies in the pending load.
        kept = raw_layer.raw_files(pending.settings, self.source.kind)
        kept = raw_layer.files_of_source(kept, self.source.name)
        redelivered = raw_layer.redelivered_files(
            pending.settings, self.source.kind, self.source.name
        )
        self.known = versions.Known(
            stored=[path for path in kept if path not in superseded],
            redelivered=[path for path in redelivered if path not in superseded],
            dead=[path for path in kept if path in superseded],
            dropped=[s.lineage_name for d in deliveries for s in d.supersedes],
        )

    def run(self) -> None:
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

    def _run(self) -> None:
        self.output.begin()
        for chunk in self._chunks():
            files = self._inspected(chunk)
            for _, like in groupby(files, key=lambda file: file.likeness):
                for files in _in_batches(list(like)):
                    self._load(files)
            shutil.rmtree(self._unpacked_dir, ignore_errors=True)
        self._forget_batch()
        self.output.write_quarantine()
        places = {delivery.place: place for place, delivery in enumerate(self.deliveries)}
        self.results.sort(key=lambda result: places[result.place])
        self.pending.results += self.results

    # From deliveries to files that can be read.

    @property
    def _unpacked_dir(self):
        return self.pending.folder / "unpacked"

    def _chunks(self) -> Iterator[list[Delivery]]:
        """Runs of deliveries that are read in one go, by size."""
        chunk: list[Delivery] = []
        held = 0
        for delivery in self.deliveries:
            size = os.stat(delivery.path).st_size if os.path.exists(delivery.path) else 0
            size *= UNPACKED_TIMES if delivery.path.suffix in (".gz", ".parquet") else 1
            if chunk and held + size > BATCH_BYTES:
                yield chunk
                chunk, held = [], 0
            chunk.append(delivery)
            held += size
        if chunk:
            yield chunk

    def _inspected(self, deliveries: list[Delivery]) -> list[_File]:
        """The files that can be read; the others are refused here."""

        def look(numbered: tuple[int, Delivery]) -> Inspected | UnreadableError | None:
            number, delivery = numbered
            try:
                if delivery.fault:
                    raise UnreadableError(delivery.fault)
                if delivery.place in self.breaking:
                    raise UnreadableError(BREAKING)
                return inspect(
                    delivery.path, self._unpacked_dir / f"{number}", self.limits.unpacked
                )
            except UnreadableError as unreadable:
                return unreadable
            except OSError as error:
                if machine.is_gone(error, delivery.path):
                    return None  # the next run does not find it
                if machine.is_of_file(error, delivery.path):
                    return UnreadableError(cannot_open(error))
                raise

        try:
            with ThreadPoolExecutor() as pool:
                found = list(pool.map(look, enumerate(deliveries)))
        except (OSError, MemoryError, RuntimeError) as error:
            raise machine.stopped(f"raw/{self.source.kind}", error) from error
        files = []
        for delivery, inspected in zip(deliveries, found, strict=True):
            if inspected is None:
                continue
            try:
                if isinstance(inspected, UnreadableError):
                    raise inspected
                if inspected.container not in self.format.reads:
                    raise UnreadableError(
                        f"format '{self.format.name}' reads {' or '.join(self.format.reads)} and "
                        f"this is {inspected.container}; deliver another file, or change the format"
                    )
                files.append(
                    _File(
                        delivery,
                        inspected,
                        self._likeness(delivery, inspected),
                    )
                )
            except UnreadableError as unreadable:
                self._refuse(delivery, unreadable)
        return files

    def _likeness(self, delivery: Delivery, inspected: Inspected) -> tuple:
        """What files must share to be read in one statement."""
        by_itself = delivery.place if delivery.place in self.suspected else None
        if inspected.container == "parquet":
            try:
                columns = reading.parquet_columns(self.connection, inspected)
                return (by_itself, *columns.items())
            except duckdb.Error as error:
                self._stop_if_broken([delivery], error)
                self._stop_if_of_machine(error)
                raise UnreadableError(
                    f"the Parquet file is damaged ({mapping.first_line(error)}); deliver it again"
                ) from None
        return (
            by_itself,
            inspected.container,
            inspected.is_document,
            inspected.header,
            inspected.header_line,
            inspected.separator,
        )

    def _refuse(self, delivery: Delivery, why: Exception) -> None:
        self.results.append(
            FileResult(
                source=self.source.name,
                kind=self.source.kind,
                file_name=delivery.file_name,
                sha256=delivery.sha256,
                sequence=delivery.sequence,
                delivered_on=delivery.delivered_on,
                status="refused",
                fingerprint=delivery.fingerprint(self.fingerprint)
                + (f" {self.limits}" if isinstance(why, TooLargeError) else ""),
                reason=without_addresses(f"{delivery.file_name}: {why}"),
            )
        )

    def _stop_if_of_machine(self, error: Exception) -> None:
        if machine.is_of_machine(error):
            raise machine.stopped(f"raw/{self.source.kind}", error) from error

    def _stop_if_broken(self, deliveries: Sequence[Delivery], error: Exception) -> None:
        if isinstance(error, duckdb.Error) and self.connection.is_broken():
            raise _BrokenSessionError({delivery.place for delivery in deliveries}) from error

    def _raise_if_not_of_file(self, error: duckdb.Error) -> None:
        """Let `_load` find out whose fault it is."""
        if machine.is_of_machine(error) or self.connection.is_broken():
            raise error

    # From files to rows.

    def _load(self, files: list[_File]) -> None:
        """Load like files in one go; whatever fails costs the file that it is in."""
        if not files:
            return
        try:
            self._load_batch(files)
        except reading.BadFilesError as bad:
            for place, reason in bad.reasons.items():
                self._refuse(files[place].delivery, reason)
            self._load([f for place, f in enumerate(files) if place not in bad.reasons])
        except reading.StrayQuotesError as found:
            self._load([_without_stray(f, found.stray.get(n, ())) for n, f in enumerate(files)])
        except reading.ConcatenatedError as joined:
            self._load([f for place, f in enumerate(files) if place not in joined.places])
            self._load_one_a_line([f for place, f in enumerate(files) if place in joined.places])
        except reading.NotDocumentsError as other:
            self._load([f for place, f in enumerate(files) if place not in other.places])
            self._load([_as_lines(f) for place, f in enumerate(files) if place in other.places])
        except _ChangedError as changed:
            self._load([f for place, f in enumerate(files) if place not in changed.places])
        except UnreadableError as unreadable:
            if len(files) == 1:
                self._refuse(files[0].delivery, unreadable)
                return
            for file in files:  # which of them does not fit?
                self._load([file])
        except (duckdb.Error, OSError, MemoryError) as error:
            self.output.remove()
            self._stop_if_broken([file.delivery for file in files], error)
            if isinstance(error, duckdb.OutOfMemoryException) and self._load_large(files):
                return
            self._stop_if_of_machine(error)
            if len(files) == 1 and not files[0].delivery.is_unchanged():
                return  # written to, or taken away, while it was read
            if len(files) == 1:
                self._refuse_for(files[0], error)
                return
            for file in files:
                self._load([file])

    def _refuse_for(self, file: _File, error: Exception) -> None:
        """Reject a file for what was said while it was read, if there is no way around it."""
        if parquet_text.is_about_text(error):
            if not file.inspected.is_fixed:
                self._load_text_as_bytes(file)
                return
            why = "text in one of its lists or objects is not UTF-8; export it as UTF-8"
        else:
            said = mapping.first_line(error, mapping.expected_names(self.source))
            why = (
                f"the Parquet file is damaged ({said}); deliver it again"
                if _damage(self.connection, file.inspected)
                else f"it cannot be read as {self.format.name} ({said}); fix the file, or the "
                f"definition of source '{self.source.name}'"
            )
        self._refuse(file.delivery, UnreadableError(why))

    def _load_text_as_bytes(self, file: _File) -> None:
        target = file.inspected.copy_to
        try:
            copy = parquet_text.as_bytes(
                file.inspected.path, target.with_name(target.name + ".bytes")
            )
        except UnreadableError as unreadable:
            self._refuse(file.delivery, unreadable)
            return
        self._load([replace(file, inspected=replace(file.inspected, path=copy, is_fixed=True))])

    def _load_one_a_line(self, files: list[_File]) -> None:
        """Load files from copies in which each record has a line of its own."""
        copies = []
        for file in files:
            target = file.inspected.copy_to
            target = target.with_name(target.name + ".lines")
            try:
                copy = concatenated.one_a_line(file.inspected, target, self.limits.whole)
            except TooLargeError as large:
                self._refuse(file.delivery, large)
            else:
                copies.append(replace(file, inspected=copy))
        self._load(copies)

    def _load_large(self, files: list[_File]) -> bool:
        """Whether memory ran out for the size of a record, which costs the file that it is in."""
        large = [file for file in files if self._is_large(file.inspected)]
        if not large:
            return False
        if len(files) == 1:
            limit = f"does not fit into memory_limit ({self.pending.settings.memory_limit})"
            size = in_words(large[0].inspected.largest)
            why = (
                f"what a part of it unpacks to {limit}, if it is not damaged; deliver it in parts, "
                "or raise memory_limit in the settings"
                if large[0].inspected.container == "parquet"
                else f"it holds a record or a document of {size}, which {limit}; deliver it in "
                "parts, or raise memory_limit in the settings"
            )
            self._refuse(large[0].delivery, TooLargeError(why))
            return True
        self._load([file for file in files if file not in large])
        for file in large:
            self._load([file])
        return True

    def _is_large(self, file: Inspected) -> bool:
        if file.container == "parquet":
            with database.connect(self.pending.settings) as own:
                if damage := _damage(own, file):
                    return isinstance(damage, duckdb.OutOfMemoryException)
                return self.limits.is_large(reading.largest_vector(own, file))
        return self.limits.is_large(file.largest)

    def _load_batch(self, files: list[_File]) -> None:
        self._forget_batch()
        self.output.number += 1
        self._name_files(files)
        inspected = [file.inspected for file in files]
        read = self._read(inspected)
        self._conform(read, inspected)
        if "key_hash" in self.given:
            versions.number_equal_hashes(self.connection, self.contract)
        known = replace(
            self.known,
            stored=[*self.known.stored, *self.output.pending_files("rows/event_date=*")],
            redelivered=[*self.known.redelivered, *self.output.pending_files("redelivered")],
        )
        has_decisions = versions.decide(self.connection, self.contract, self.source.name, known)
        changed = {n for n, file in enumerate(files) if not file.delivery.is_unchanged()}
        if changed:
            raise _ChangedError(changed)
        self.output.write_rows(has_decisions)
        self.output.gather_quarantine(read)
        self.results += accounts.results(
            self.output,
            [file.delivery for file in files],
            self.fingerprint,
            records=self.records,
            delivered=self.delivered,
            has_decisions=has_decisions,
        )
        if has_decisions:
            (again,) = self.connection.execute("select count(*) from reinstated").fetchone()
            self.pending.reinstated += again

    def _name_files(self, files: list[_File]) -> None:
        rows = ", ".join(
            f"({number}, {text(file.delivery.file_name)}, date {text(file.delivery.delivered_on)},"
            f" {text(file.delivery.sha256[:KEY_PREFIX_LENGTH])})"
            for number, file in enumerate(files)
        )
        self.connection.execute(
            f"""create or replace table files as
            select * from (values {rows}) as file(_file, file_name, delivered_on, key_prefix)"""
        )

    def _read(self, files: list[Inspected]) -> reading.Reading:
        is_canonical = self.format.name == "canonical"
        structure = self.format.columns or None
        container = files[0].container
        wanted = structure or self.contract.delivered_names
        as_text: set[str] = set()
        if self.format.name == "mapped":
            wanted = {word.lower() for word in mapping.expected_names(self.source)}
            as_text = mapping.plain_names(self.source)
        if container == "csv":
            is_typed = self.format.name == "mapped"
            return reading.read_csv(
                self.connection, files, is_typed=is_typed, wanted=wanted, as_text=as_text
            )
        if container == "parquet":
            return reading.read_parquet(
                self.connection,
                files,
                structure,
                self.format.required,
                at_most=self.limits.unpacked,
                wanted=wanted,
            )
        if is_canonical:
            structure = mapping.canonical_structure(self.contract)
        return reading.read_json(
            self.connection,
            files,
            structure,
            self.format.records,
            only_members=self.contract.delivered_names if is_canonical else None,
            wanted=wanted,
            as_text=as_text,
        )

    def _conform(self, read: reading.Reading, files: list[Inspected]) -> None:
        """Make the table `conformed`."""
        formatted = self._formatted(read)
        self.is_forgiving = False
        if self.source.group_by:
            whole_records.set_rest_aside(self.connection, self.source, read)
        try:
            self._make_conformed(formatted)
        except duckdb.Error as error:
            self._raise_if_not_of_file(error)
            if len(files) == 1 and (damage := _damage(self.connection, files[0])):
                raise damage from None  # no row alone is to blame
            self._conform_without_failing_rows(read, formatted, is_of_many=len(files) > 1)
        self._count()

    def _conform_without_failing_rows(
        self, read: reading.Reading, formatted: str, *, is_of_many: bool
    ) -> None:
        """A statement may stumble on one value: then only that row is to blame."""

        def make() -> None:
            self._make_conformed(formatted)

        expressions = [*self.source.columns.values(), self.source.where or "true"]
        if (
            self.format.name != "mapped"
            or self.source.group_by
            or not mapping.takes_try(self.connection, *expressions)
        ):
            if is_of_many:
                raise  # which file is it in?
            rest_of = None
            if self.source.group_by:
                rest_of = partial(whole_records.rest_of, self.connection, self.source)
            failing_rows.set_aside(self.connection, read, make, rest_of)
            return
        # The optimizer would take what both expressions share out of their `try`.
        self.connection.execute("set disabled_optimizers = 'common_subexpressions'")
        self.is_forgiving = True
        formatted = mapping.mapped_sql(self.source, is_forgiving=True)
        try:
            try:
                make()
            except duckdb.Error as error:
                self._raise_if_not_of_file(error)
                if is_of_many:
                    raise
                failing_rows.set_aside(self.connection, read, make)
        finally:
            self.connection.execute("set disabled_optimizers = ''")

    def _formatted(self, read: reading.Reading) -> str:
        """The SQL of the source's format over what was read, known to fit it."""
        if self.format.name == "canonical":
            return mapping.canonical_sql(self.contract, read.columns)
        if self.format.name != "mapped":
            return self.format.body
        formatted = mapping.mapped_sql(self.source)
        absent: list[str] = []
        while True:
            try:
                types = self._types_of(formatted)
                self._take_numbers_for_numbers(read, formatted, types)
                return formatted
            except duckdb.Error as error:
                self._raise_if_not_of_file(error)
                found = ABSENT_MEMBER.search(str(error))
                # JSON leaves out what it has no value for; a file's header does not.
                if not (found and read.is_open_ended) or len(absent) == MOST_ABSENT_MEMBERS:
                    if self._fits_otherwise(read, formatted, str(error)):
                        return formatted
                    raise mapping.explain_mapping(self.connection, self.source, error) from None
                member = found.group(1)
                mapping.check_slip(self.source, member, read.columns)
                self._tell_of_absent(member)
                absent.append(member)
                read.add_absent(self.connection, absent)

    def _tell_of_absent(self, member: str) -> None:
        if member not in self.told:
            self.told.add(member)
            say(
                f"raw/{self.source.kind}",
                f"source '{self.source.name}': no record of a file has the member '{member}' that "
                "its definition names, so it is taken as empty there; see to its spelling if it "
                "should be given",
            )

    def _fits_otherwise(self, read: reading.Reading, formatted: str, said: str) -> bool:
        """Whether the types of some places are all that does not fit, by what single rows made
        of them.

        A word among numbers makes text of them, and a column may be text that holds numbers alone.
        Which it should be, the definition shows; a value that is none of it costs its row.
        """
        used = {word.lower() for word in mapping.expected_names(self.source)}
        places = list(read.other_types(used))
        return self._fits_retyped(read, formatted, places, said, iter(range(MOST_RETYPES)))

    def _fits_retyped(
        self,
        read: reading.Reading,
        formatted: str,
        places: list[reading.Retypable],
        said: str,
        tries: Iterator[int],
    ) -> bool:
        """Whether it fits with other types at these places. One that changes what is said of it
        may be one of several."""
        for number, (place, type, others) in enumerate(places):
            rest = places[:number] + places[number + 1 :]
            for other in others:
                if next(tries, None) is None:
                    break
                read.retype(self.connection, place, other)
                then = self._said_of(formatted)
                if not then or (
                    then != said and self._fits_retyped(read, formatted, rest, then, tries)
                ):
                    return True
            read.retype(self.connection, place, type)
        return False

    def _said_of(self, formatted: str) -> str:
        try:
            self.connection.execute(f"describe {formatted}")
        except duckdb.Error as error:
            self._raise_if_not_of_file(error)
            return str(error)
        return ""

    def _take_numbers_for_numbers(
        self, read: reading.Reading, formatted: str, types: dict[str, str]
    ) -> None:
        """Where a number is made of text, 9 would be more than 10: for one word among numbers."""
        names = {column.lower() for column in read.columns}
        for made, expression in self.source.columns.items():
            is_number = any(c.name == made and c.type in NUMBERS for c in self.contract.columns)
            if not (is_number and types.get(made) == "VARCHAR"):
                continue
            if mapping.without_quotes(expression) in names:
                continue  # the contract reads it
            used = {word.lower() for word in column_names.words_in(expression)}
            for place, type, others in read.other_types(used):
                if "double" not in others:
                    continue
                read.retype(self.connection, place, "double")
                try:
                    fits = self._types_of(formatted)[made] != "VARCHAR"
                except duckdb.Error:
                    fits = False
                if not fits:
                    read.retype(self.connection, place, type)

    def _types_of(self, formatted: str) -> dict[str, str]:
        rows = self.connection.execute(f"describe {formatted}").fetchall()
        # The database tells a column in the file's spelling; the contract knows lower case alone.
        return {row[0].lower(): row[1] for row in rows}

    def _make_conformed(self, formatted: str) -> None:
        self.given = self._types_of(formatted)
        zone = self.pending.settings.reporting_time_zone
        conformed = conforming.conformed_sql(
            self.contract,
            formatted,
            self.given,
            dates_in_zone=zone if self.source.date_only else None,
        )
        threads = self.connection.execute("select current_setting('threads')").fetchone()[0]
        try:
            if self.source.group_by:
                # Sums of binary numbers depend on their order; in one thread it is the file's.
                self.connection.execute("set threads = 1")
            self.connection.execute(f"create or replace table conformed as {conformed}")
        finally:
            self.connection.execute(f"set threads = {threads}")

    def _count(self) -> None:
        """What each file holds, counted apart from what was made of it: nothing may lose a row."""
        self.records = self._by_file("select _file, records from counted")
        unreadable = self._by_file("select _file, count(*) from unreadable group by all")
        made = self._by_file("select _file, count(*) from conformed group by all")
        if self._is_row_by_row:
            asked = {f: count - unreadable.get(f, 0) for f, count in self.records.items()}
        elif self.format.name == "mapped":
            asked = self._by_file(mapping.count_sql(self.source, is_forgiving=self.is_forgiving))
        else:
            asked = made
        files = asked.keys() | made.keys() | unreadable.keys()
        lost = [file for file in files if asked.get(file, 0) != made.get(file, 0)]
        if lost:
            raise EngineError(
                f"format {self.format.kind}/{self.format.name} gave another number of rows than "
                f"the file has, in {len(lost)} files of source '{self.source.name}'; mend its SQL, "
                "or say `rows: several` in its head"
            )
        self.delivered = {file: asked.get(file, 0) + unreadable.get(file, 0) for file in files}

    def _by_file(self, query: str) -> dict[int, int]:
        return dict(self.connection.execute(query).fetchall())

    @property
    def _is_row_by_row(self) -> bool:
        if self.format.name == "mapped":
            return not (self.source.where or self.source.group_by)
        return self.format.is_row_by_row

    def _forget_batch(self) -> None:
        reading.forget(self.connection)
        versions.forget(self.connection)
        for table in ("conformed", "misfits"):
            self.connection.execute(f"drop table if exists {table}")


def _damage(
    connection: duckdb.DuckDBPyConnection | Session, file: Inspected
) -> duckdb.Error | None:
    """What the database says of a Parquet file, whatever it is read for; nothing of others."""
    if file.container != "parquet":
        return None
    try:
        reading.scan_parquet(connection, file)
    except duckdb.Error as error:
        return error
    return None


def _in_batches(files: list[_File]) -> Iterator[list[_File]]:
    """Like files, in the numbers in which they are read: a document is one value in memory."""
    if not files[0].inspected.is_document:
        yield files
        return
    batch: list[_File] = []
    held = 0
    for file in files:
        if batch and held + file.inspected.largest > DOCUMENT_BYTES:
            yield batch
            batch, held = [], 0
        batch.append(file)
        held += file.inspected.largest
    yield batch


def _as_lines(file: _File) -> _File:
    """The file, to be read as JSON lines although it seemed a document."""
    lines = replace(file.inspected, is_document=False, is_one_line=False, was_document=True)
    return replace(file, inspected=lines)


def _without_stray(file: _File, stray: tuple[int, ...]) -> _File:
    """The file, to be read from a copy in which its stray lines are broken rows of their own."""
    if not stray:
        return file
    target = file.inspected.copy_to
    copy = physical_lines.set_aside(file.inspected, stray, target.with_name(target.name + ".fixed"))
    return replace(file, inspected=replace(file.inspected, path=copy, is_fixed=True))
