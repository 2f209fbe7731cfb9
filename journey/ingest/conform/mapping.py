"""The two formats that fit any file: `canonical` (the contract's own names) and `mapped`.

They give the SQL that a tool's format file would give, built from the file's header or from the
source's expressions. What is wrong with a source's definition is found here and named.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable

import duckdb

from journey.core.database import Connection, only_value
from journey.core.errors import ConfigurationError
from journey.core.redaction import without_values
from journey.core.settings import Source
from journey.core.sql import name, text
from journey.ingest import column_names
from journey.ingest.addresses import without_addresses
from journey.ingest.conform import reach
from journey.ingest.contracts import Contract, read_contract
from journey.ingest.formats import format_of
from journey.ingest.read import relations
from journey.ingest.read.errors import UnreadableError

MISSING_COLUMN = "Referenced column"
NOT_IN_TABLE = "does not have a column named"
ABOUT_SQL = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
# Errors in which a value may stand anywhere, and what they say without it.
FREE_WORDS = {
    duckdb.OutOfRangeException: "one of its values is out of range",
    duckdb.InvalidInputException: "one of its values is not what is asked of it",
}
OF_FILES = {
    "Maximum line size": "one of its lines is too long",
    "Invalid string encoding": "text in it is not UTF-8",
}
# One value that is no number makes a column of a CSV file text: that costs the file, not the run.
OTHER_TYPES = (
    "No function matches",
    "Cannot compare values of type",
    "Cannot mix values of type",
    "Cannot combine types of",
    "Cannot extract field",
    "Invalid LIST argument",
    "Could not choose a best candidate function",
    "can only be applied to lists",
)
PLAIN_NAME = re.compile(r'\w+|"[^"]+"')
DIGITS = re.compile(r"\d+")
MADE = "= "  # before a column that an expression makes, so that no other expression finds it
# Names that a table of a source cannot have.
OWN_RELATIONS = {
    *relations.VIEWS,
    *relations.TABLES,
    *("files", "conformed", "quarantined", "decisions", "versions", "judged", "reported"),
    *("reinstated", "stored_rows", "stored_hits", "duplicate_candidates", "without_key"),
    *("set_aside", "carried", "failing", "rejected", "identities", "identified"),
}
UNGROUPED = "must appear in the GROUP BY clause"


def check_source(source: Source) -> None:
    """Raise ConfigurationError where a source's definition cannot be right, whatever its files."""
    try:
        format_of(source)
    except ConfigurationError as error:
        raise ConfigurationError(f"source '{source.name}': {error}") from None
    _check_tables(source)
    if source.format != "mapped":
        given = [key for key in ("where", "group_by", "columns") if getattr(source, key)]
        if given:
            raise ConfigurationError(
                f"source '{source.name}': {' and '.join(given)} "
                f"{'belongs' if len(given) == 1 else 'belong'} to format 'mapped' and this one is "
                f"'{source.format}'; take that out, or change the format"
            )
        return
    contract = read_contract(source.kind)
    _check_names(source, contract)
    _check_group_by(source)
    expressions = {f"column '{column}'": given for column, given in source.columns.items()}
    expressions |= {
        f"group_by '{key}'": key for key in source.group_by if key not in source.columns
    }
    if source.where:
        expressions["where"] = source.where
    with duckdb.connect() as connection:
        for place, expression in expressions.items():
            _check_syntax(connection, source, place, expression)


def canonical_structure(contract: Contract) -> dict[str, str]:
    """What to take from JSON records that bear the contract's names."""
    json_columns = {column.name for column in contract.columns if column.type == "json"}
    return {
        column: "json" if column in json_columns else "varchar"
        for column in contract.delivered_names
    }


def canonical_sql(contract: Contract, columns: Iterable[str]) -> str:
    """The SQL for files whose columns bear the contract's names.

    Raises UnreadableError when a column is unknown, given twice or missing.
    """
    columns = list(columns)
    names = [column.strip().lower() for column in columns]
    expected = f"expected are {', '.join(contract.delivered_names)}"
    unknown = [given for given in names if given not in contract.delivered_names]
    twice = sorted({given for given in names if names.count(given) > 1})
    lacking = [column for column in contract.required_names if column not in names]
    for rule in contract.one_of:
        if not contract.meets(rule, names):
            lacking.append(" or ".join(rule.columns))
    if twice:
        shown = column_names.in_words(twice, names, contract.delivered_names)
        raise UnreadableError(f"its header has {shown} twice; fix it")
    if unknown:
        shown = column_names.in_words(unknown, names, contract.delivered_names)
        raise UnreadableError(
            f"its header has {shown}, which {contract.kind} does not know; {expected}. "
            + _what_to_do(unknown, names, contract)
        )
    if lacking:
        raise UnreadableError(f"its header lacks {', '.join(lacking)}; {expected}")
    chosen = ", ".join(
        f"{name(column)} as {name(known)}" for column, known in zip(columns, names, strict=True)
    )
    return f"select _file, _row, {chosen} from delivered"


def _what_to_do(unknown: list[str], names: list[str], contract: Contract) -> str:
    """How to go on with columns that the contract does not know."""
    mapped = "use format 'mapped', which leaves out what it does not name"
    if len(unknown) == len(names):
        return f"Give the file a header, rename its columns, or {mapped}"
    free = [known for known in contract.delivered_names if known not in names]
    meant = {given: difflib.get_close_matches(given, free, 1, column_names.CLOSE)
             for given in unknown}  # fmt: skip
    if all(meant.values()):
        named = ", ".join(f"'{found[0]}'" for found in meant.values())
        return f"Rename it, if {named} is meant, or {mapped}"
    return f"Take out what is not needed, rename the rest, or {mapped}"


def mapped_sql(source: Source, *, is_forgiving: bool = False) -> str:
    """The SQL of a source's expressions over `delivered`.

    They name the file's columns, never each other: the database takes what a column was made of
    for a column that the file lacks. Forgiving, a value that an expression fails on is nothing,
    and `_failed` names the column (or `where`).
    """
    made = {
        column: f"{'try' * is_forgiving}{enclosed(expression)}"
        for column, expression in source.columns.items()
    }
    where = f" where {_is_row(source, is_forgiving=is_forgiving)}" if source.where else ""
    row, group = "_row", ""
    if source.group_by:
        row, group = "min(_row) as _row", f" group by _file, {', '.join(_keys(source))}"
    elif is_forgiving:
        expressions = dict(source.columns)
        if source.where:
            # A row of which `where` fails is kept, to be reported.
            expressions = {"where": source.where} | expressions
        cases = " ".join(
            f"when try({enclosed(expression)} is null) is null then {text(column)}"
            for column, expression in expressions.items()
        )
        made["_failed"] = f"case {cases} end"
    inner = ", ".join(f"{given} as {name(MADE + column)}" for column, given in made.items())
    outer = ", ".join(f"{name(MADE + column)} as {name(column)}" for column in made)
    rows = f"select _file, {row}, {inner} from delivered{where}{group}"
    return f"select _file, _row, {outer} from ({rows})"


def count_sql(source: Source, *, is_forgiving: bool = False) -> str:
    """SQL: how many rows each file must give, without any expression of a column."""
    where = f" where {_is_row(source, is_forgiving=is_forgiving)}" if source.where else ""
    keys = "".join(f", {key}" for key in _keys(source))
    rows = f"select _file{keys} from delivered{where}"
    if source.group_by:
        rows += " group by all"
    return f"select _file, count(*) from ({rows}) as row group by _file"


def takes_try(connection: Connection, *expressions: str) -> bool:
    """Whether expressions over a row of `delivered` may stand within the database's `try`.

    It takes no subquery, and nothing that is another value each time.
    """
    tried = ", ".join(f"try{enclosed(expression)}" for expression in expressions)
    try:
        connection.execute(f"describe select {tried} from delivered")
    except duckdb.BinderException:
        return False
    return True


def _is_row(source: Source, *, is_forgiving: bool = False) -> str:
    """SQL: whether a row is one of the source's. Forgiving, one of which `where` fails is."""
    where = enclosed(source.where or "true")
    return f"coalesce(try{where}, try({where} is null) is null)" if is_forgiving else where


def group_key(source: Source) -> str:
    """SQL: the key of the record that a row of `delivered` belongs to."""
    return f"row({', '.join(_keys(source))})"


def is_part_unknown(source: Source) -> str:
    """SQL: whether a part of that key is nothing."""
    return "(" + " or ".join(f"{key} is null" for key in _keys(source)) + ")"


def enclosed(expression: str) -> str:
    """An expression as a part of another. It may end with a comment."""
    return f"({expression}\n)"


def _keys(source: Source) -> list[str]:
    return [enclosed(source.columns.get(key, key)) for key in source.group_by]


def explain_mapping(connection: Connection, source: Source, error: duckdb.Error) -> Exception:
    """What to raise when a source's expressions do not fit its file.

    A column that the file lacks, or has as another type, is the file's mistake (UnreadableError);
    anything else is the definition's (ConfigurationError). Either names the column of the
    definition.
    """
    place, reason = "where", error
    for column, expression in source.columns.items():
        grouping = ""
        if source.group_by:
            grouping = f" group by {', '.join(_keys(source))}"
        try:
            connection.execute(f"describe select {enclosed(expression)} from delivered{grouping}")
        except duckdb.Error as found:
            place, reason = f"column '{column}' = \"{expression}\"", found
            break
    expected = expected_names(source)
    message = first_line(reason, expected)
    if MISSING_COLUMN in message:
        header = [
            row[0]
            for row in connection.execute("describe delivered").fetchall()
            if row[0] not in ("_file", "_row")
        ]
        alike = [name for name in header if column_names.may_be_shown(name, expected)]
        shown = (
            f", of those that the source uses {', '.join(alike)}"
            if alike
            else ", and none that the source uses: see whether its first line is a header"
        )
        return UnreadableError(
            f"{place} of source '{source.name}' does not fit it: {message}; the file has "
            f"{len(header)} columns{shown}"
        )
    if NOT_IN_TABLE in message:
        return UnreadableError(
            f"{place} of source '{source.name}' does not fit what it is joined with: {message}; "
            "fix the table's file, or the expression"
        )
    hint = "a column of a CSV file whose values do not all fit a type is text: use try_cast"
    if is_about_types(reason):
        return UnreadableError(
            f"{place} of source '{source.name}' does not fit it: {message}; fix the file or the "
            f"expression ({hint})"
        )
    if source.group_by and UNGROUPED in message:
        hint = "with group_by it is an aggregate, such as any_value(…) or sum(…)"
    return ConfigurationError(
        f"source '{source.name}', {place}: {message}; fix the expression in the settings file"
        f" ({hint})"
    )


def check_slip(source: Source, member: str, members: Iterable[str]) -> None:
    """Raise UnreadableError where a member that no record has is a slip of one that they have.

    One that the definition uses too is meant by it, and names that differ in digits alone are the
    places of a list (`address1`, `address2`), of which records leave out the empty ones.
    """
    used = {word.lower() for word in expected_names(source)}
    others = {given.lower(): given for given in members if given.lower() not in used}
    for close in difflib.get_close_matches(member.lower(), others, 3, column_names.CLOSE):
        if DIGITS.sub("", close) != DIGITS.sub("", member.lower()):
            raise UnreadableError(
                f"the definition of source '{source.name}' names '{member}', which no record has; "
                f"they have '{others[close]}'; fix the name in the settings file, or the file"
            )


def expected_names(source: Source) -> set[str]:
    """Names that the source's own definition uses."""
    return column_names.words_in(*source.columns.values(), source.where or "")


def plain_names(source: Source) -> set[str]:
    """Columns of a file (lower case) that the source takes as they are and uses nowhere else.

    Their values are the contract's to read: as numbers of a database 10.1 and 10.10 would be one.
    """
    expressions = [*source.columns.values(), source.where or ""]
    used = Counter(word.lower() for given in expressions for word in column_names.words_in(given))
    given = {without_quotes(expression) for expression in source.columns.values()}
    return {column for column in given if used[column] == 1}


def without_quotes(expression: str) -> str:
    """An expression that is the name of a column, as that name in lower case."""
    return expression.strip().strip('"').lower()


def is_about_types(error: Exception) -> bool:
    """Whether an expression does not fit its file by the type of a column."""
    return any(words in str(error) for words in OTHER_TYPES)


def first_line(error: Exception, expected: Iterable[str] = ()) -> str:
    """A database's message as one line, without a value or a name that only a file can have given.

    Names that are expected stay.
    """
    lines = str(error).strip().splitlines() or ["no reason was given"]
    kind, _, words = lines[0].partition(": ")
    for of_file, sentence in OF_FILES.items():
        if of_file in lines[0]:
            return sentence
    for free, sentence in FREE_WORDS.items():
        if isinstance(error, free):
            return sentence
    if not isinstance(error, ABOUT_SQL):
        words = without_values(str(error)).partition(": ")[2]
    words = column_names.hide_in(words or kind, expected)
    return without_addresses(words).rstrip("!. ")[:300]


def _check_tables(source: Source) -> None:
    """Raise ConfigurationError where the tables of a source are not those that its SQL joins."""
    where = f"source '{source.name}'"
    taken = [table for table in source.tables if table in OWN_RELATIONS]
    if taken:
        raise ConfigurationError(
            f"{where}: '{taken[0]}' is what a load calls a table of its own; give the table in "
            "`tables` another name"
        )
    if source.format == "mapped":
        return
    wanted = format_of(source).tables
    unknown = [table for table in source.tables if table not in wanted]
    if unknown:
        joins = f"joins {', '.join(wanted)}" if wanted else "joins no tables"
        raise ConfigurationError(
            f"{where}: `tables` has '{unknown[0]}', and format '{source.format}' {joins}; take it "
            "out, or use format 'mapped'"
        )
    lacking = [table for table in wanted if table not in source.tables]
    if lacking:
        raise ConfigurationError(
            f"{where}: format '{source.format}' joins {', '.join(wanted)}, and `tables` lacks "
            f"{', '.join(lacking)}; say under [sources.tables] where their files lie"
        )


def _check_names(source: Source, contract: Contract) -> None:
    known = contract.delivered_names
    where = f"source '{source.name}'"
    unknown = [column for column in source.columns if column not in known]
    if unknown:
        raise ConfigurationError(
            f"{where}: {source.kind} has no column {', '.join(map(repr, unknown))}; it has "
            f"{', '.join(known)}"
        )
    lacking = [column for column in contract.required_names if column not in source.columns]
    for rule in contract.one_of:
        if not contract.meets(rule, source.columns):
            lacking.append("one of " + ", ".join(rule.columns))
    if lacking:
        raise ConfigurationError(
            f"{where}: columns lacks {', '.join(lacking)}, which {source.kind} requires; add an "
            "expression for it"
        )


def _check_group_by(source: Source) -> None:
    """Raise ConfigurationError where two parts of the key of records are one and the same."""
    known: dict[str, str] = {}
    for key in source.group_by:
        expression = source.columns.get(key, key).strip()
        part = without_quotes(expression) if PLAIN_NAME.fullmatch(expression) else expression
        if part not in known:
            known[part] = key
            continue
        same = known[part]
        words = f"{key!r} twice" if same == key else f"{same!r} and {key!r}, which are the same"
        raise ConfigurationError(f"source '{source.name}': group_by has {words}; take one out")


def _check_syntax(
    connection: duckdb.DuckDBPyConnection, source: Source, place: str, expression: str
) -> None:
    statement = f"select {enclosed(expression)} as tried"
    ask = "select json_serialize_sql($statement)"
    parsed = json.loads(only_value(connection, ask, {"statement": statement}))
    if not expression.strip():
        message = "it is empty"
    elif not parsed["error"]:
        if (fault := reach.fault(parsed, tuple(source.tables))) is None:
            return
        message = fault
    else:
        try:
            connection.extract_statements(statement)  # parsed, never run: it may be several
        except duckdb.Error as error:
            message = first_line(error, column_names.words_in(expression))
        else:
            message = "it is not one SQL expression"
    raise ConfigurationError(
        f"source '{source.name}', {place} = \"{expression}\": {message}; fix the expression "
        "in the settings file"
    )
