"""One batch of like files, read and made the table `conformed`: the contract's columns.

A statement that fails on single values costs their rows; how many rows came of how many is counted
apart from it, so that none is lost. Which rows are kept is not decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import duckdb

from journey.core.database import only_value
from journey.core.errors import EngineError
from journey.core.settings import Source
from journey.core.sql import name
from journey.ingest.conform import conforming, failing_rows, fitting, mapping, whole_records
from journey.ingest.contracts import Contract
from journey.ingest.formats import Format
from journey.ingest.read import counts, csv_files, json_files, parquet_files
from journey.ingest.read.inspection import Inspected
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import DELIVERED, UNREADABLE
from journey.ingest.session import Session

CONFORMED = "conformed"


@dataclass(frozen=True)
class Conformed:
    """What the batch became. By place in it: the records of each file, and the rows it delivers.

    `formatted` is the SQL over `delivered` that it was made of, and `given` the columns of that
    with their types.
    """

    records: Mapping[int, int]
    delivered: Mapping[int, int]
    formatted: str
    given: Mapping[str, str]

    @property
    def has_hashed_keys(self) -> bool:
        """Whether keys are made of hashes of what a row holds."""
        return "key_hash" in self.given


class Conformer:
    """Conforms the batches of one source, one after the other, on one connection."""

    def __init__(
        self,
        connection: Session,
        source: Source,
        contract: Contract,
        format: Format,
        reporting_time_zone: str,
    ) -> None:
        self.connection = connection
        self.source = source
        self.contract = contract
        self.format = format
        self.zone = reporting_time_zone if source.date_only else None
        self.grouped = _grouped(source, format)
        self.reported: set[str] = set()  # members whose absence was reported

    def read(self, files: Sequence[Inspected], *, at_most: int) -> Reading:
        """The rows of like files, as the source's format takes them, of `at_most` so many bytes."""
        is_canonical = self.format.name == "canonical"
        is_mapped = self.format.name == "mapped"
        structure = self.format.columns or None
        container = files[0].container
        wanted: Iterable[str] = structure or self.contract.delivered_names
        as_text: set[str] = set()
        if is_mapped:
            wanted = {word.lower() for word in mapping.expected_names(self.source)}
            as_text = mapping.plain_names(self.source)
        if container == "csv":
            return csv_files.read_csv(
                self.connection,
                files,
                is_typed=is_mapped,
                wanted=wanted,
                as_text=as_text,
                structure=structure,
                required=self.format.required,
            )
        if container == "parquet":
            return parquet_files.read_parquet(
                self.connection,
                files,
                structure,
                self.format.required,
                at_most=at_most,
                wanted=wanted,
            )
        if is_canonical:
            structure = mapping.canonical_structure(self.contract)
        return json_files.read_json(
            self.connection,
            files,
            structure,
            self.format.records,
            only_members=self.contract.delivered_names if is_canonical else None,
            wanted=wanted,
            as_text=as_text,
        )

    def conform(self, read: Reading, files: Sequence[Inspected]) -> Conformed:
        """Make the table `conformed` of what was read of these files."""
        formatted = self._formatted(read)
        is_forgiving = False
        if self.grouped:
            whole_records.set_rest_aside(self.grouped, read)
        try:
            given = self._make(formatted)
        except duckdb.Error as error:
            self.connection.raise_if_not_of_file(error)
            if len(files) == 1 and (damage := parquet_files.damage(self.connection, files[0])):
                raise damage from None  # no row alone is to blame
            if self._may_forgive:
                is_forgiving = True
                formatted = mapping.mapped_sql(self.source, is_forgiving=True)
                given = self._make_forgiving(read, formatted, is_of_many=len(files) > 1)
            elif len(files) > 1:
                raise  # which file is it in?
            else:
                given = self._make_without_failing_rows(read, formatted)
        records, delivered = self._count(is_forgiving=is_forgiving)
        return Conformed(records, delivered, formatted, given)

    def drop(self) -> None:
        """Drop what the last batch left on the connection."""
        self.connection.execute(f"drop table if exists {CONFORMED}")

    def _formatted(self, read: Reading) -> str:
        """The SQL of the source's format over what was read, known to fit it."""
        if self.format.body is not None:
            return self._of_chosen(self.format.body)
        if self.format.name == "canonical":
            return mapping.canonical_sql(self.contract, read.columns)
        return fitting.fitted_sql(self.connection, self.source, self.contract, read, self.reported)

    def _of_chosen(self, body: str) -> str:
        """The SQL of a format over those records alone that its head asks for."""
        if not self.format.where:
            return body
        return (
            f"with {DELIVERED} as (select * from {DELIVERED} where {self.format.where})"
            f" select * from (\n{body}\n)"
        )

    def _make(self, formatted: str) -> dict[str, str]:
        """Make the table. Returns the columns that the format gave, with their types."""
        given = fitting.types_of(self.connection, formatted)
        conformed = conforming.conformed_sql(
            self.contract,
            formatted,
            given,
            dates_in_zone=self.zone,
            is_of_tool=self.format.body is not None,
        )
        threads = only_value(self.connection, "select current_setting('threads')")
        try:
            if self.grouped:
                # Sums of binary numbers depend on their order; in one thread it is the file's.
                self.connection.execute("set threads = 1")
            self.connection.execute(f"create or replace table {CONFORMED} as {conformed}")
        finally:
            self.connection.execute(f"set threads = {threads}")
        return given

    def _make_without_failing_rows(self, read: Reading, formatted: str) -> dict[str, str]:
        rest_of = None
        if self.grouped:
            rest_of = partial(whole_records.rest_of, self.connection, self.grouped)
        return failing_rows.set_aside(read, partial(self._make, formatted), rest_of)

    def _make_forgiving(self, read: Reading, formatted: str, *, is_of_many: bool) -> dict[str, str]:
        """Make the table with expressions that give nothing where they fail."""
        # The optimizer would take what both expressions share out of their `try`.
        self.connection.execute("set disabled_optimizers = 'common_subexpressions'")
        try:
            return self._make(formatted)
        except duckdb.Error as error:
            self.connection.raise_if_not_of_file(error)
            if is_of_many:
                raise
            return self._make_without_failing_rows(read, formatted)
        finally:
            self.connection.execute("set disabled_optimizers = ''")

    def _count(self, *, is_forgiving: bool) -> tuple[dict[int, int], dict[int, int]]:
        """What each file holds, counted apart from what was made of it: nothing may lose a row."""
        records = counts.records(self.connection)
        unreadable = self._rows_by_file(UNREADABLE)
        made = self._rows_by_file(CONFORMED)
        if self._is_row_by_row and (self.format.where or self.format.group_by):
            keys = ", ".join(name(column) for column in self.format.group_by)
            rows = f"distinct row({keys})" if keys else "*"
            chosen = f"from {DELIVERED} where {self.format.where or 'true'}"
            asked = counts.by_file(
                self.connection, f"select _file, count({rows}) {chosen} group by all"
            )
        elif self._is_row_by_row:
            asked = {file: count - unreadable.get(file, 0) for file, count in records.items()}
        elif self.format.name == "mapped":
            asked = counts.by_file(
                self.connection, mapping.count_sql(self.source, is_forgiving=is_forgiving)
            )
        else:
            asked = made
        files = asked.keys() | made.keys() | unreadable.keys()
        lost = [file for file in files if asked.get(file, 0) != made.get(file, 0)]
        if lost:
            raise EngineError(self._another_number(len(lost)))
        return records, {file: asked.get(file, 0) + unreadable.get(file, 0) for file in files}

    def _another_number(self, files: int) -> str:
        """The sentence for files of which more or fewer rows were made than counted."""
        source = f"source '{self.source.name}'"
        if self.format.name == "mapped":
            return (
                f"the definition of {source} gave one number of rows when they were made and "
                f"another when they were counted, in {files} files; fix its where or group_by in "
                "the settings file: they may depend on the file alone, not on now() or random()"
            )
        return (
            f"format {self.format.kind}/{self.format.name} gave another number of rows than the "
            f"file has, in {files} files of {source}; fix its SQL, or say `rows: several` in its "
            "head"
        )

    def _rows_by_file(self, relation: str) -> dict[int, int]:
        return counts.by_file(
            self.connection, f"select _file, count(*) from {relation} group by all"
        )

    @property
    def _may_forgive(self) -> bool:
        """Whether expressions that fail on a row can be made to give nothing there."""
        if self.format.name != "mapped" or self.source.group_by:
            return False
        expressions = [*self.source.columns.values(), self.source.where or "true"]
        return mapping.takes_try(self.connection, *expressions)

    @property
    def _is_row_by_row(self) -> bool:
        if self.format.name == "mapped":
            return not (self.source.where or self.source.group_by)
        return self.format.is_row_by_row


def _grouped(source: Source, format: Format) -> Source | None:
    """The source whose `group_by` says which records make one row: its own, or its format's."""
    if source.group_by:
        return source
    if not format.group_by:
        return None
    keys = [name(column) for column in format.group_by]
    return source.model_copy(update={"group_by": keys, "columns": {}, "where": format.where})
