"""What a load's batch shows while it is there: how columns and times were read, and what was not.

The rest is seen in what the load has written (`kept_rows`). Nothing is read a second time.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.core.database import only_row, only_value
from journey.core.settings import Source
from journey.core.sql import name
from journey.ingest.conform import mapping
from journey.ingest.conform.batch import Conformed
from journey.ingest.contracts import HASHED_ADDRESS, Contract, read_contract
from journey.ingest.formats import GENERIC, format_of
from journey.ingest.read.inspection import Inspected
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import RECORDS
from journey.ingest.session import Session
from journey.ingest.trial.found import Column, Times

ZONE = r"[0-9](Z| *UTC| *GMT| *[+-][0-9]{2}(:?[0-9]{2})?)(\[[^\]]+\]| [A-Z]{3,4})?$"
A_DATE = "[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
EPOCH = "[0-9]{9,19}([.][0-9]+)?"
GIVEN = "given_values"
OWN_COLUMNS = {"_file", "_row", "file_index", "file_row_number"}
# A column's name, and not a person's: members of records can be named by values.
NAME = re.compile(r"(?!.*\d{5})[^\W\d][\w .:/()$#%&'-]{0,59}")
# Members that fewer records have are perhaps named by values.
LEAST_SHARE = 0.01


@dataclass
class Observed:
    """An observer of the load of one file; of a file that is begun again the last time counts."""

    source: Source
    readers: Sequence[Source]  # of the same files, itself too
    show: Callable[[str], bool] = lambda given: bool(NAME.fullmatch(given))
    columns: list[Column] = field(default_factory=list)
    times: list[Times] = field(default_factory=list)
    fillers: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    unread_others: int = 0

    def __call__(
        self,
        connection: Session,
        files: Sequence[Inspected],
        read: Reading,
        conformed: Conformed,
    ) -> None:
        contract = read_contract(self.source.kind)
        given = {
            column: kind
            for column, kind in conformed.given.items()
            if column in contract.delivered_names
        }
        self.columns, self.times, self.fillers = [], [], {}
        if given:
            _make_given(connection, conformed.formatted, given)
            self.columns = self._columns(connection, contract, read, given)
            self.times = self._times(connection, contract, given)
            self.fillers = _fillers(connection, contract, given)
            connection.execute(f"drop table {GIVEN}")
        self._note_unread(connection, files[0])

    def _columns(
        self,
        connection: Session,
        contract: Contract,
        read: Reading,
        given: Mapping[str, str],
    ) -> list[Column]:
        counts = only_row(
            connection,
            f"select {', '.join(f'count({name(column)})' for column in given)} from {GIVEN}",
        )
        types = {column.lower(): kind for column, kind in read.columns.items()}
        known = {column.name: column.type for column in contract.columns}
        known |= dict.fromkeys(contract.address_names, "e-mail address")
        known[HASHED_ADDRESS] = "hashed address"
        found = []
        for (column, kind), count in zip(given.items(), counts, strict=True):
            origin = self._origin(column)
            read_as = None
            if origin is not None:
                read_as = types.get(mapping.without_quotes(origin), kind).lower()
            found.append(Column(column, known[column], origin, read_as, count))
        return found

    def _origin(self, column: str) -> str | None:
        if self.source.format == "mapped":
            return self.source.columns[column]
        return column if self.source.format == "canonical" else None

    def _times(
        self,
        connection: Session,
        contract: Contract,
        given: Mapping[str, str],
    ) -> list[Times]:
        if not self._is_of_any_tool:
            return []
        found = []
        for column in contract.columns:
            kind = given.get(column.name, "").lower()
            if column.type != "timestamp" or not kind:
                continue
            if kind == "varchar":
                found.append(_written(connection, column.name))
                continue
            count = only_value(connection, f"select count({name(column.name)}) from {GIVEN}")
            if kind == "date":
                found.append(Times(column.name, dates=count))
            elif kind.startswith(("timestamp with time zone", "timestamptz")):
                found.append(Times(column.name, with_zone=count))
            elif kind.startswith("timestamp"):
                found.append(Times(column.name, without_zone=count))
        return found

    @property
    def _is_of_any_tool(self) -> bool:
        """Whether the source says how its files are read, or their columns do."""
        return self.source.format in GENERIC

    def _note_unread(self, connection: Session, file: Inspected) -> None:
        """Columns of the file, or members of its records, that neither format nor source reads."""
        used: set[str] = set()
        for source in self.readers:
            format = format_of(source)
            if format.name == "canonical":
                return  # it takes no column that it does not read
            if format.name == "mapped":
                used |= {word.lower() for word in mapping.expected_names(source)}
            else:
                used |= {column.lower() for column in format.columns}
        given = _members(connection) if file.container == "json" else _columns_of(connection)
        unread = [column for column in given if column.lower() not in used]
        self.unread = [column for column in unread if self.show(column)]
        self.unread_others = len(unread) - len(self.unread)


def _make_given(connection: Session, formatted: str, given: Mapping[str, str]) -> None:
    """Make the table `GIVEN` of what the format gave, for all that is asked of it.

    Asked of the format's SQL, each question would have its expressions once more at each mention
    of a column: of a few rows, to put such a query together takes half a minute.
    """
    # What several expressions share would be taken out of their `try`.
    connection.execute("set disabled_optimizers = 'common_subexpressions'")
    try:
        connection.execute(
            f"create or replace table {GIVEN} as"
            f" select {', '.join(map(name, given))} from ({formatted})"
        )
    finally:
        connection.execute("set disabled_optimizers = ''")


def _columns_of(connection: Session) -> list[str]:
    rows = connection.execute(f"describe {RECORDS}").fetchall()
    return [row[0] for row in rows if row[0] not in OWN_COLUMNS]


def _members(connection: Session) -> list[str]:
    """The members of the records, by how many have them."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"""with members as (
            select unnest(json_keys(line)) as member from {RECORDS} where fault is null
        ),
        counted as (select member, count(*) as records from members group by member)
        select member from counted
        where records >= {LEAST_SHARE} * (select count(*) from {RECORDS})
        order by records desc, member"""
    ).fetchall()
    return [row[0] for row in rows]


def _written(connection: Session, column: str) -> Times:
    """Of times in text: a zone is written beside them, or not, or the time itself is not."""
    value = f"upper(tidy({name(column)}))"
    with_zone, dates, count = only_row(
        connection,
        f"""select
            count(*) filter (
                regexp_matches(value, '{ZONE}') and contains(value, ':')
                or regexp_full_match(value, '{EPOCH}')
            ),
            count(*) filter (regexp_full_match(value, '{A_DATE}')),
            count(value)
        from (select {value} as value from {GIVEN})""",
    )
    return Times(column, with_zone, count - with_zone - dates, dates)


def _fillers(connection: Session, contract: Contract, given: Mapping[str, str]) -> dict[str, int]:
    """By column, rows whose identifier is a word that stands for none."""
    columns = [c.name for c in contract.columns if c.has_fillers and c.name in given]
    if not columns:
        return {}
    counts = only_row(
        connection,
        "select "
        + ", ".join(
            f"count(*) filter (is_filler(tidy(cast({name(column)} as varchar))))"
            for column in columns
        )
        + f" from {GIVEN}",
    )
    return {column: count for column, count in zip(columns, counts, strict=True) if count}
