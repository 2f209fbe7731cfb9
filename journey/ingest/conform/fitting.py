"""The definition of a mapped source, fitted to a file: members that are absent, types in doubt.

JSON leaves out what it has no value for, and single values decide the types of columns. Here the
rows as read are changed so that the source's expressions bind; what does not fit all the same is
`mapping`'s to explain.
"""

import re
from collections.abc import Iterator, Mapping

import duckdb

from journey.core.log import say
from journey.core.settings import Source
from journey.ingest import column_names
from journey.ingest.conform import mapping
from journey.ingest.contracts import Contract
from journey.ingest.read.reading import Reading, Retypable
from journey.ingest.session import Session

MOST_ABSENT_MEMBERS = 100
MOST_RETYPES = 500  # of a file that may fit by no type at all
NUMBERS = ("decimal", "integer", "bigint")
ABSENT_MEMBER = re.compile(r'Referenced column "((?:[^"]|"")+)" not found')


def fitted_sql(
    connection: Session, source: Source, contract: Contract, read: Reading, reported: set[str]
) -> str:
    """The SQL of a source's expressions, over a reading that is changed so that they fit.

    `reported` are members whose absence was reported; others are added to it. Raises
    UnreadableError or ConfigurationError where they do not fit.
    """
    formatted = mapping.mapped_sql(source)
    absent: list[str] = []
    while True:
        try:
            types = types_of(connection, formatted)
            _take_numbers_for_numbers(connection, source, contract, read, formatted, types)
            return formatted
        except duckdb.Error as error:
            connection.raise_if_not_of_file(error)
            found = ABSENT_MEMBER.search(str(error))
            # JSON leaves out what it has no value for; a file's header does not.
            if not (found and read.is_open_ended) or len(absent) == MOST_ABSENT_MEMBERS:
                if _fits_otherwise(connection, source, read, formatted, str(error)):
                    return formatted
                raise mapping.explain_mapping(connection, source, error) from None
            member = found.group(1)
            mapping.check_slip(source, member, read.columns)
            _report_absent(source, member, reported)
            absent.append(member)
            read.add_absent(absent)


def types_of(connection: Session, query: str) -> dict[str, str]:
    """The columns of a query, in lower case, and their types."""
    rows = connection.execute(f"describe {query}").fetchall()
    # The database names a column in the file's spelling; the contract knows lower case alone.
    return {row[0].lower(): row[1] for row in rows}


def _report_absent(source: Source, member: str, reported: set[str]) -> None:
    if member in reported:
        return
    reported.add(member)
    say(
        f"raw/{source.kind}",
        f"source '{source.name}': no record of a file has the member '{member}' that its "
        "definition names, so it is taken as empty there; see to its spelling if it should be "
        "given",
    )


def _fits_otherwise(
    connection: Session, source: Source, read: Reading, formatted: str, said: str
) -> bool:
    """Whether the types of some places are all that does not fit, by what single rows made of them.

    A word among numbers makes text of them, and a column may be text that holds numbers alone.
    Which it should be, the definition shows; a value of another type costs its row.
    """
    used = {word.lower() for word in mapping.expected_names(source)}
    places = list(read.other_types(used))
    return _fits_retyped(connection, read, formatted, places, said, iter(range(MOST_RETYPES)))


def _fits_retyped(
    connection: Session,
    read: Reading,
    formatted: str,
    places: list[Retypable],
    said: str,
    tries: Iterator[int],
) -> bool:
    """Whether it fits with other types at these places. One that changes what is said of it may be
    one of several."""
    for number, (place, type, others) in enumerate(places):
        rest = places[:number] + places[number + 1 :]
        for other in others:
            if next(tries, None) is None:
                break
            read.retype(place, other)
            then = _said_of(connection, formatted)
            if not then or (
                then != said and _fits_retyped(connection, read, formatted, rest, then, tries)
            ):
                return True
        read.retype(place, type)
    return False


def _said_of(connection: Session, formatted: str) -> str:
    """What the database finds wrong with a query; empty where nothing is."""
    try:
        connection.execute(f"describe {formatted}")
    except duckdb.Error as error:
        connection.raise_if_not_of_file(error)
        return str(error)
    return ""


def _take_numbers_for_numbers(
    connection: Session,
    source: Source,
    contract: Contract,
    read: Reading,
    formatted: str,
    types: Mapping[str, str],
) -> None:
    """Where a number is made of text, 9 would be more than 10: for one word among numbers."""
    names = {column.lower() for column in read.columns}
    numbers = {column.name for column in contract.columns if column.type in NUMBERS}
    for made, expression in source.columns.items():
        if made not in numbers or types.get(made) != "VARCHAR":
            continue
        if mapping.without_quotes(expression) in names:
            continue  # the contract reads it
        used = {word.lower() for word in column_names.words_in(expression)}
        for place, type, others in read.other_types(used):
            if "double" not in others:
                continue
            read.retype(place, "double")
            try:
                fits = types_of(connection, formatted)[made] != "VARCHAR"
            except duckdb.Error:
                fits = False
            if not fits:
                read.retype(place, type)
