"""The tables that a batch is joined with, as the SQL of formats and sources finds them.

Their files are read as deliveries are; a row that cannot be read is left out, counted and reported,
and a file that cannot be costs those that it is joined with. Which files they are is the plan's.
"""

from dataclasses import replace
from pathlib import Path

import duckdb

from journey.core.database import only_value
from journey.core.log import logger
from journey.core.settings import Source
from journey.core.sql import name
from journey.ingest import source_files
from journey.ingest.addresses import without_addresses
from journey.ingest.conform import mapping
from journey.ingest.conform.batch import Conformer
from journey.ingest.contracts import Contract
from journey.ingest.formats import Format, Table
from journey.ingest.limits import Limits
from journey.ingest.outcomes import Joined
from journey.ingest.planning.landing import Companion, Delivery
from journey.ingest.read import relations
from journey.ingest.read.errors import (
    BadFilesError,
    ConcatenatedError,
    NotDocumentsError,
    StrayQuotesError,
    UnreadableError,
)
from journey.ingest.read.headers import Expected
from journey.ingest.read.inspection import inspect
from journey.ingest.read.relations import DELIVERED, UNREADABLE
from journey.ingest.session import Session
from journey.ingest.source_files import File

MOST_COPIES = 3  # each for another reason


class JoinedTables:
    """The tables of one source, made anew where its next files are joined with others."""

    def __init__(
        self,
        connection: Session,
        source: Source,
        contract: Contract,
        format: Format,
        limits: Limits,
    ) -> None:
        self.connection = connection
        self.source = source
        self.contract = contract
        self.format = format
        self.limits = limits
        self.joined: list[Joined] = []
        self._made: tuple[Companion, ...] = ()
        self._reported: set[Companion] = set()

    def make(self, delivery: Delivery, unpack_to: Path) -> None:
        """Have the tables that a delivery is joined with, and others like it.

        Raises UnreadableError, naming the file, where one of them cannot be read.
        """
        if delivery.companions == self._made:
            return
        self.drop()
        for table in self.source.tables:
            parts = [one for one in delivery.companions if one.table == table]
            for number, companion in enumerate(parts):
                made = self._part(table, companion, number, delivery, unpack_to)
                self.joined.append(made)
            rows = " union all by name ".join(
                f"select * from {_name_of_part(table, number)}" for number in range(len(parts))
            )
            self.connection.execute(f"create table {name(table)} as {rows}")
            for number in range(len(parts)):
                self.connection.execute(f"drop table {_name_of_part(table, number)}")
        self._made = delivery.companions

    def drop(self) -> None:
        for table in self.source.tables:
            self.connection.execute(f"drop table if exists {name(table)}")
        self.forget()

    def forget(self) -> None:
        """Know no tables: the database that had them is gone."""
        self._made, self.joined = (), []

    def _part(
        self, table: str, companion: Companion, number: int, delivery: Delivery, unpack_to: Path
    ) -> Joined:
        try:
            file = self._file(table, companion, delivery, unpack_to / f"{table}{number}")
            rows, unreadable = self._read(table, file, _name_of_part(table, number))
        except UnreadableError as why:
            raise UnreadableError(f"its table '{table}', {companion.file_name}: {why}") from None
        except duckdb.Error as error:
            self.connection.raise_if_not_of_file(error)
            said = mapping.first_line(error, mapping.expected_names(self.source))
            raise UnreadableError(
                f"its table '{table}', {companion.file_name}: it cannot be read ({said}); fix it"
            ) from None
        finally:
            relations.drop(self.connection)
        if unreadable and companion not in self._reported:
            self._reported.add(companion)
            logger.warning(
                "source '%s': %s of its table '%s', %s, cannot be read and %s left out; what would "
                "be joined with %s has none of its values; fix the file",
                self.source.name,
                "1 row" if unreadable == 1 else f"{unreadable:,} rows",
                table,
                without_addresses(companion.file_name),
                "is" if unreadable == 1 else "are",
                "it" if unreadable == 1 else "them",
                extra={"step": f"raw/{self.source.kind}"},
            )
        return Joined(table, companion.file_name, companion.sha256, rows, unreadable)

    def _table(self, table: str) -> Table:
        return self.format.tables.get(table, Table())

    def _file(self, table: str, companion: Companion, delivery: Delivery, copy_to: Path) -> File:
        expected = Expected(required=self._table(table).required)
        found = inspect(companion.path, copy_to, self.limits.unpacked, expected)
        if found.container not in self.format.reads:
            raise UnreadableError(
                f"format '{self.format.name}' reads {' or '.join(self.format.reads)} and this is "
                f"{found.container}; deliver another file"
            )
        return File(replace(delivery, path=companion.path), found)

    def _read(self, table: str, file: File, part: str) -> tuple[int, int]:
        """Make a table of the rows of a file; returns how many it has, and how many it lacks."""
        known = self._table(table)
        format = replace(
            self.format, columns=known.columns, required=known.required, records=(), where=None
        )
        reader = Conformer(self.connection, self.source, self.contract, format, "UTC")
        for _ in range(MOST_COPIES):
            try:
                reader.read([file.inspected], at_most=self.limits.unpacked)
                self.connection.execute(
                    f"create or replace table {part} as"
                    f" select * exclude (_file, _row) from {DELIVERED}"
                )
                break
            except BadFilesError as bad:
                raise bad.reasons[0] from None
            except StrayQuotesError as found:
                file = source_files.without_stray(file, found.stray[0])
            except ConcatenatedError:
                file = source_files.one_a_line(file, self.limits.whole)
            except NotDocumentsError:
                file = source_files.as_lines(file)
            relations.drop(self.connection)
        else:
            raise UnreadableError("it cannot be told apart into rows; export it as CSV")
        rows = only_value(self.connection, f"select count(*) from {part}")
        unreadable = only_value(self.connection, f"select count(*) from {UNREADABLE}")
        if unreadable and not rows:
            raise UnreadableError("none of its rows can be read; export it again")
        return rows, unreadable


def _name_of_part(table: str, number: int) -> str:
    return name(f"{table} {number}")
