"""A mapping for a table of no known tool: which kind it may be, and what its columns may mean.

By names alone, and by the notation of dates and amounts in the first rows. What is proposed is
written down for a person to look at, and `journey check` shows what comes of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import yaml

from journey.core.database import only_row
from journey.core.settings import KINDS
from journey.core.sql import name, text
from journey.ingest.contracts import Contract, read_contract
from journey.ingest.recognise.structure import Structure, column

NAMES = Path(__file__).parent / "names.yml"
QUANTITY = ("quantity", "qty", "units", "menge")
PRICE = ("unit_price", "price", "item_price", "price_each")
DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y")
CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", ", %H:%M", "T%H:%M:%S")
NUMBERS = ("decimal", "integer", "bigint")
AS_NUMBER = "decimal(18, 2)"
PEOPLE = {"customer_id", "email", "anonymous_id"}
CONSTANTS = {"currency": "the currency of its amounts", "channel": "the channel of its spend"}


@dataclass(frozen=True)
class Proposal:
    """A mapping. `doubts` are what to look at, a sentence each; `unused` columns map to nothing."""

    kind: str
    columns: Mapping[str, str]
    group_by: tuple[str, ...] = ()
    date_only: bool = False
    doubts: Sequence[str] = ()
    unused: Sequence[str] = ()


@dataclass
class _Draft:
    """A mapping that is being made, by the names of columns."""

    found: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


def propose(structure: Structure, currency: str) -> Proposal | None:
    """The kind of which most columns are found and none lacks; None where none is whole."""
    drafts = [
        (len(draft.found) - len(draft.constants), kind, draft)
        for kind in KINDS
        if (draft := _draft(structure, read_contract(kind), currency)) and _is_telling(draft)
    ]
    if not drafts:
        return None
    most = max(drafts, key=lambda given: given[0])
    return _proposal(structure, read_contract(most[1]), most[2])


def _draft(structure: Structure, contract: Contract, currency: str) -> _Draft | None:
    given = {_snake(column): column for column in reversed(structure.columns)}
    draft = _Draft()
    names = _names()
    # What is required is found first, so that no other column takes what it is made of.
    order = sorted(contract.delivered_names, key=lambda c: c not in contract.required_names)
    for wanted in order:
        taken = set(draft.found.values())
        for known in names.get(wanted, ()):
            if known in given and given[known] not in taken:
                draft.found[wanted] = given[known]
                break
    amounts = {"net_amount", "amount"} & set(contract.required_names) - draft.found.keys()
    product = _product(given)
    if product and (amounts or draft.found.get("net_amount") in product):
        draft.found |= {"net_amount": " * ".join(product)}
    for constant in CONSTANTS:
        if constant in contract.required_names and constant not in draft.found:
            draft.constants[constant] = currency if constant == "currency" else "unknown"
    known_columns = draft.found.keys() | draft.constants.keys()
    is_whole = set(contract.required_names) <= known_columns and all(
        contract.meets(rule, known_columns) for rule in contract.one_of
    )
    return draft if is_whole else None


def _is_telling(draft: _Draft) -> bool:
    """Whether one of the names that were found is of this kind and not of any table."""
    ordinary = _names()["says_nothing"]
    return any(
        _snake(given) not in ordinary
        for wanted, given in draft.found.items()
        if wanted not in PEOPLE
    )


def _product(given: Mapping[str, str]) -> tuple[str, str] | None:
    quantity = next((given[known] for known in QUANTITY if known in given), None)
    price = next((given[known] for known in PRICE if known in given), None)
    return (quantity, price) if quantity and price else None


def _proposal(structure: Structure, contract: Contract, draft: _Draft) -> Proposal:
    doubts: list[str] = []
    columns: dict[str, str] = {}
    is_date_only = False
    types = {known.name: known.type for known in contract.columns}
    with duckdb.connect() as connection:
        for wanted, given in draft.found.items():
            if " * " in given:
                columns[wanted] = " * ".join(map(column, given.split(" * ")))
            elif types.get(wanted) in ("timestamp", "date"):
                columns[wanted], doubt, is_date = _instant(connection, structure, given)
                is_date_only |= is_date and wanted == contract.instant
                doubts += [doubt] if doubt else []
            elif types.get(wanted) in NUMBERS:
                columns[wanted] = _number(connection, structure, given)
            else:
                columns[wanted] = column(given)
        group_by = _group_by(connection, structure, contract, draft)
    if group_by:
        columns = {
            wanted: _aggregate(wanted, given, types.get(wanted, "text"), group_by)
            for wanted, given in columns.items()
        }
        doubts.append(f"rows that share {group_by[0]} are put together: sums of their amounts")
    for constant, given in draft.constants.items():
        columns[constant] = text(given)
        doubts.append(f"{constant} is no column of it: say which is {CONSTANTS[constant]}")
    if contract.key[0] in contract.required_names and contract.key[0] not in columns:
        doubts.append(f"{contract.key[0]} is not found, so a row is known by its file and number")
    order = {known: place for place, known in enumerate(contract.delivered_names)}
    used = {part for given in draft.found.values() for part in given.split(" * ")}
    return Proposal(
        contract.kind,
        dict(sorted(columns.items(), key=lambda given: order[given[0]])),
        group_by,
        is_date_only,
        doubts,
        [given for given in structure.columns if given not in used],
    )


def _instant(
    connection: duckdb.DuckDBPyConnection, structure: Structure, given: str
) -> tuple[str, str | None, bool]:
    """An expression for times in the notation of a column, what is doubtful, whether dates only."""
    value = f"nullif(trim(cast({name(given)} as varchar)), '')"
    rows = f"(select {value} as value from ({structure.relation})) where value is not null"
    count, as_it_is, dates = only_row(
        connection,
        f"""select count(*), count(try_cast(value as timestamptz)),
            count(*) filter (length(value) = 10 and try_cast(value as date) is not null)
        from {rows}""",
    )
    if count == as_it_is:
        return column(given), None, count == dates > 0
    fits: list[str] = []
    doubt: str | None = None
    for layout in (day + clock for day in (*DAY_FIRST, *MONTH_FIRST) for clock in CLOCKS):
        parsed = f"select count(try_strptime(value, {text(layout)})) from {rows}"
        if only_row(connection, parsed)[0] == count:
            fits.append(layout)
    if not fits:
        doubt = f"the times of {given} are in no notation that is known: see to its expression"
        return column(given), doubt, False
    if any(fit.startswith(DAY_FIRST) for fit in fits) and fits[-1].startswith(MONTH_FIRST):
        doubt = f"{given} may give the day or the month first: it is read as {fits[0]}"
    return (
        f"try_strptime({column(given)}, {text(fits[0])})",
        doubt,
        "%H" not in fits[0] and ("%I" not in fits[0]),
    )


def _number(connection: duckdb.DuckDBPyConnection, structure: Structure, given: str) -> str:
    """An expression for amounts in the notation of a column: of money signs and of commas."""
    value = f"nullif(trim(cast({name(given)} as varchar)), '')"
    rows = f"(select {value} as value from ({structure.relation})) where value is not null"
    commas = f"select count(*), count(*) filter (regexp_matches(value, {text(COMMA)})) from {rows}"
    plain = f"select count(*), count(try_cast(value as {AS_NUMBER})) from {rows}"
    count, fits = only_row(connection, plain)
    if count == fits:
        return column(given)
    count, decimal_commas = only_row(connection, commas)
    signs = f"regexp_replace({column(given)}, '[^0-9.,-]', '', 'g')"
    if decimal_commas * 2 > count:
        return f"try_cast(replace(replace({signs}, '.', ''), ',', '.') as {AS_NUMBER})"
    return f"try_cast(replace({signs}, ',', '') as {AS_NUMBER})"


COMMA = r",\d{1,2}\D*$"


def _group_by(
    connection: duckdb.DuckDBPyConnection,
    structure: Structure,
    contract: Contract,
    draft: _Draft,
) -> tuple[str, ...]:
    """The key of orders, where several rows have the same one: they are an order's lines."""
    key = draft.found.get("order_id")
    if contract.kind != "orders" or not key:
        return ()
    rows, keys = only_row(
        connection,
        f"select count({name(key)}), count(distinct {name(key)}) from ({structure.relation})",
    )
    return ("order_id",) if keys < rows else ()


def _aggregate(wanted: str, expression: str, kind: str, group_by: Sequence[str]) -> str:
    if wanted in group_by:
        return expression
    function = {"decimal": "sum", "timestamp": "min"}.get(kind, "any_value")
    return f"{function}({expression})"


@cache
def _names() -> dict[str, list[str]]:
    known: dict[str, list[str]] = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    return known


def _snake(given: str) -> str:
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", given.strip())
    return re.sub(r"[^\w]+", "_", words).strip("_").lower()
