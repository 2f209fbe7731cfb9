"""What is worth knowing of the rows that would be kept: names without a rule, odd ids, people.

They are read where the load has written them, before it is thrown away.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from journey.core import sql
from journey.core.database import only_row
from journey.core.seeds import read_seed
from journey.core.sql import name, text, texts
from journey.ingest.contracts import Contract
from journey.ingest.trial.found import Identifiers, Names, People

SHAPES = Path(__file__).parent / "identifier_shapes.yml"
PERSON = ("customer_id", "email_key", "anonymous_id")
# More of them are no vocabulary, and perhaps a person's words: they are counted.
MOST_NAMES = 200
FEWEST_ROWS, FEWEST_VALUES = 100, 20  # of which a share says something
OFTEN = 0.2  # share of rows in which one person is no single person
LEAST_ALIKE = 0.5  # share of values whose shape is no accident


def rows_of(paths: Sequence[Path]) -> str:
    """SQL: the kept rows of a source, whatever their dates."""
    return f"read_parquet([{sql.files(paths)}], hive_partitioning = false, union_by_name = true)"


def names_without_rule(
    connection: duckdb.DuckDBPyConnection, rows: str, contract: Contract, own_dir: Path | None
) -> list[Names]:
    """Event names that no stage rule names, and words of tools that no rule knows: they load all
    the same."""
    columns = {column.name: column for column in contract.columns}
    event = columns.get("event_name")
    ruled = texts(sorted({row["touchpoint"] for row in read_seed(own_dir, "stage_rules")}))
    if event is None or event.values:
        return _words_of_tools(connection, rows, contract, ruled)
    before = "channel" if "channel" in columns else text("web")
    found = connection.execute(
        f"""select event_name, count(*) as rows from {rows}
        where concat({before}, ':', event_name) not in ({ruled})
        group by event_name order by rows desc, event_name"""
    ).fetchall()
    if not found:
        return []
    if len(found) > MOST_NAMES:
        return [Names("event_name", [], len(found))]
    return [Names("event_name", found)]


def _words_of_tools(
    connection: duckdb.DuckDBPyConnection, rows: str, contract: Contract, ruled: str
) -> list[Names]:
    """By column that tools fill with words of their own, those that its contract does not have."""
    found: list[Names] = []
    for column in contract.columns:
        if not column.is_open_to_tools:
            continue
        words = connection.execute(
            f"""select {name(column.name)} as word, count(*) as rows from {rows}
            where word not in ({texts(column.values)}) and concat('email:', word) not in ({ruled})
            group by word order by rows desc, word"""
        ).fetchall()
        if words:
            shown = words if len(words) <= MOST_NAMES else []
            found.append(Names(column.name, shown, len(words) - len(shown), are_kept=True))
    return found


def odd_identifiers(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    contract: Contract,
    fillers: Mapping[str, int],
) -> list[Identifiers]:
    """Per column that names a person or an order, what is odd about it; what is not is left out."""
    found = []
    for column in contract.columns:
        if not column.has_fillers:
            continue
        is_own = column.name.endswith("customer_id")
        shown = _identifiers(connection, rows, column.name, fillers.get(column.name, 0), is_own)
        if shown.fillers or shown.alike or shown.words or shown.most_frequent:
            found.append(shown)
    return found


def _identifiers(
    connection: duckdb.DuckDBPyConnection, rows: str, column: str, fillers: int, is_own: bool
) -> Identifiers:
    value = name(column)
    is_like = {shape["is"]: shape["pattern"] for shape in _known()["shapes"]} if is_own else {}
    words = texts(_known()["words"])
    shapes = " ".join(
        f"when regexp_full_match({value}, {text(pattern)}) then {text(words_of)}"
        for words_of, pattern in is_like.items()
    )
    alike = f"case {shapes} end" if shapes else "null"
    per_value = f"""(
        select {value}, count(*) as rows, {alike} as shape,
            case when lower({value}) in ({words}) then lower({value}) end as word
        from {rows} where {value} is not null group by {value}
    )"""
    values, given, most = only_row(
        connection, f"select count(*), coalesce(sum(rows), 0), max(rows) from {per_value}"
    )
    share = most / given if is_own and values >= FEWEST_VALUES and given >= FEWEST_ROWS else 0
    return Identifiers(
        column,
        values,
        fillers,
        _counted(connection, per_value, "shape", LEAST_ALIKE * values),
        _counted(connection, per_value, "word", 0),
        share if share >= OFTEN else 0,
    )


def _counted(
    connection: duckdb.DuckDBPyConnection, per_value: str, what: str, least: float
) -> list[tuple[str, int]]:
    return connection.execute(
        f"""select {what}, {"count(*)" if what == "shape" else "sum(rows)"}::bigint as counted
        from {per_value} where {what} is not null
        group by {what} having count(*) >= {least} order by counted desc, {what}"""
    ).fetchall()


@cache
def _known() -> dict[str, Any]:
    known: dict[str, Any] = yaml.safe_load(SHAPES.read_text(encoding="utf-8"))
    return known


def gather_people(
    connection: duckdb.DuckDBPyConnection, rows_by_source: Mapping[str, tuple[str, Contract]]
) -> None:
    """Make the table `identities`: which identifiers come together, of all sources."""
    connection.execute(
        "create or replace table identities"
        " (source varchar, customer_id varchar, email_key varchar, anonymous_id varchar)"
    )
    for source, (rows, contract) in rows_by_source.items():
        values = [name(column) if column in contract.names else "null" for column in PERSON]
        connection.execute(
            f"""insert into identities
            select distinct {text(source)}, {", ".join(values)} from {rows}"""
        )
    connection.execute(PEOPLE)


# Who a row belongs to, simply: its customer, else that of its address, else that of its device at
# any time. `journey run` goes by the instant, and knows devices that are shared.
PEOPLE = """
create or replace table identified as
with email_owner as (
    select email_key, min(customer_id) as customer_id
    from identities
    where email_key is not null and customer_id is not null
    group by email_key
),
known as (
    select
        identities.*,
        coalesce(
            'cust:' || identities.customer_id,
            'cust:' || email_owner.customer_id,
            'email:' || identities.email_key
        ) as owner
    from identities
    left join email_owner on identities.email_key = email_owner.email_key
),
device_owner as (
    select anonymous_id, min(owner) as owner
    from known
    where anonymous_id is not null and owner is not null
    group by anonymous_id
)
select
    known.source,
    known.customer_id,
    known.email_key,
    known.anonymous_id,
    coalesce(known.owner, device_owner.owner, 'anon:' || known.anonymous_id) as person
from known
left join device_owner on known.anonymous_id = device_owner.anonymous_id
where coalesce(known.customer_id, known.email_key, known.anonymous_id) is not null
"""


def people_of(
    connection: duckdb.DuckDBPyConnection, source: str, *, has_others: bool
) -> People | None:
    """The people of a source; None where its kind knows none."""
    people, stitched, elsewhere = only_row(
        connection,
        f"""with own as (
            select
                person,
                count(distinct customer_id) + count(distinct email_key)
                + count(distinct anonymous_id) as identifiers
            from identified where source = {text(source)} group by person
        )
        select
            count(*),
            count(*) filter (identifiers > 1),
            count(*) filter (person in (
                select person from identified where source <> {text(source)}
            ))
        from own""",
    )
    return People(people, stitched, elsewhere if has_others else None) if people else None
