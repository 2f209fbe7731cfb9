"""Who was forgotten, as hashes that only the key gives: rows of them are not kept again.

`forgotten.txt` lies beside the ledger, so that it outlives one that is lost: a line for each
identifier, of which sort it is and its hash, and no value of a person's. Who is forgotten, and how,
is `journey.forget`'s; here a batch is freed of what names them, and that is counted.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from journey.core import durable
from journey.core.database import Connection, only_value
from journey.core.errors import ConfigurationError
from journey.core.paths import Paths
from journey.core.sql import name, text, texts
from journey.ingest.contracts import DEVICE, Contract
from journey.ingest.read.counts import by_file

CUSTOMER, ADDRESS, ORDER = "customer_id", "email_key", "order_id"
SORTS = (CUSTOMER, ADDRESS, DEVICE, ORDER)
TABLE = "tombstones"
# A part of a row that cannot be read is held against identifiers only where it can be one.
SHORTEST_WORD = 6
WORD = r"[^\s\"'',;:=&?/\[\]{}()<>|\\]+"


def of_rows(kind: str) -> str:
    """The sort of what says which rows of a kind a person's are, where no identifier does."""
    return f"rows of {kind}"


def hashes(connection: Connection, sort: str, values: Iterable[str]) -> set[str]:
    """What is kept of these identifiers; the connection has the key."""
    listed = sorted(values)
    if not listed:
        return set()
    found = connection.execute(
        f"select tombstone({text(sort)}, value) from unnest($values) as given(value)",
        {"values": listed},
    ).fetchall()
    return {found_hash for (found_hash,) in found}


def read(paths: Paths) -> set[tuple[str, str]]:
    """Sort and hash of all that is forgotten."""
    try:
        lines = paths.forgotten_path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    kept = [line.split("\t") for line in lines if line]
    if any(len(line) != 3 for line in kept):
        raise ConfigurationError(
            f"{paths.forgotten_path}: it is damaged, and says which people were forgotten; put it "
            "back from a backup, as a run without it would load them again"
        )
    return {(sort, kept_hash) for sort, kept_hash, _ in kept}


def keep(paths: Paths, new: Mapping[str, Iterable[str]]) -> None:
    """Remember more hashes, by sort, in one step."""
    known = read(paths)
    added = sorted({(sort, one) for sort, many in new.items() for one in many} - known)
    if not added:
        return
    before = ""
    if paths.forgotten_path.exists():
        before = paths.forgotten_path.read_text(encoding="utf-8")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = "".join(f"{sort}\t{one}\t{today}\n" for sort, one in added)
    durable.replace_text(paths.forgotten_path, before + lines)
    os.chmod(paths.forgotten_path, 0o600)


def give(connection: Connection, paths: Paths) -> None:
    """Let a connection with the edge's functions know them, as the table `tombstones`."""
    connection.execute(f"create or replace temp table {TABLE} (sort varchar, hash varchar)")
    known = sorted(read(paths))
    if known:
        rows = ", ".join(f"({text(sort)}, {text(one)})" for sort, one in known)
        connection.execute(f"insert into {TABLE} values {rows}")


def drop_rows(connection: Connection, contract: Contract, source: str) -> dict[int, int]:
    """Take the rows of forgotten people out of `conformed`; how many of each file, by place."""
    sorts = _sorts(connection)
    if not sorts:
        return {}
    condition = is_of(contract, source, _forgotten_values(sorts))
    if condition is None:
        return {}
    gone = by_file(
        connection, f"select _file, count(*) from conformed where {condition} group by all"
    )
    if gone:
        connection.execute(f"delete from conformed where {condition}")
    return gone


def drop_unreadable(connection: Connection) -> dict[str, int]:
    """Take rows that could not be read, and name them, out of `quarantined`: how many, by file."""
    if not _sorts(connection):
        return {}
    long = f"lambda word: length(word) >= {SHORTEST_WORD}"
    words = f"list_filter(regexp_extract_all(row_text, '{WORD}'), {long})"
    people = f"select hash from {TABLE} where sort in ({texts((CUSTOMER, DEVICE))})"
    addresses = f"select hash from {TABLE} where sort = {text(ADDRESS)}"
    condition = f"""(
        (may_have_address(row_text) and exists (
            select 1 from unnest(regexp_extract_all(row_text, address_pattern())) as found(address)
            where tombstone({text(ADDRESS)}, key_of_address(percent_decoded(address)))
                in ({addresses})
        ))
        or exists (
            select 1 from unnest({words}) as found(word)
            where tombstone({text(CUSTOMER)}, word) in ({people})
                or tombstone({text(DEVICE)}, word) in ({people})
        )
    )"""
    given = "file_name in (select file_name from files)"
    gone: dict[str, int] = by_file(
        connection,
        f"select file_name, count(*) from quarantined where {given} and {condition} group by all",
    )
    if gone:
        connection.execute(f"delete from quarantined where {given} and {condition}")
    return gone


def is_of(contract: Contract, source: str | None, values: Mapping[str, str]) -> str | None:
    """SQL: whether a row of a contract is one of these people's.

    `values` are, by sort, SQL of a condition on `{value}`. A device is nobody's where the row names
    another person. None where nothing of a row could say so. Without a `source`, the row has it.
    """
    named = [c.name for c in contract.columns if c.name.endswith(CUSTOMER)]
    addresses = [c.name for c in contract.columns if c.type == "email_key"]
    conditions = [
        values[sort].format(value=name(column))
        for sort, columns in ((CUSTOMER, named), (ADDRESS, addresses))
        if sort in values
        for column in columns
    ]
    if DEVICE in contract.names and DEVICE in values:
        alone = [f"{name(column)} is null" for column in (*named, *addresses)]
        conditions.append(f"({' and '.join((*alone, values[DEVICE].format(value=name(DEVICE))))})")
    if ORDER in contract.names and ORDER in values and not (named or addresses):
        conditions.append(values[ORDER].format(value=name(ORDER)))
    own = of_rows(contract.kind)
    if own in values and len(contract.key) == 1:
        which = "source" if source is None else text(source)
        conditions.append(values[own].format(value=f"({which} || ':' || {name(contract.key[0])})"))
    return f"coalesce({' or '.join(conditions)}, false)" if conditions else None


def require_key(paths: Paths, *, is_same: bool) -> None:
    """Raise ConfigurationError where another key would make forgotten people unknown."""
    if not is_same and read(paths):
        raise ConfigurationError(
            f"{paths.forgotten_path}: people were forgotten, which only the key knows that this "
            "warehouse began with; restore email.key or JOURNEY_EMAIL_KEY from a backup: with "
            "another key, a full refresh would load them again"
        )


def _sorts(connection: Connection) -> Sequence[str]:
    found = connection.execute(f"select distinct sort from {TABLE} order by all").fetchall()
    return [sort for (sort,) in found]


def _forgotten_values(sorts: Sequence[str]) -> dict[str, str]:
    """Each value is hashed once, however many rows have it."""
    return {
        sort: f"({{value}} in (select value from (select distinct {{value}} as value"
        f" from conformed where {{value}} is not null) where tombstone({text(sort)}, value) in"
        f" (select hash from {TABLE} where sort = {text(sort)})))"
        for sort in sorts
    }


def count(connection: Connection) -> int:
    """How many identifiers are forgotten, as the connection knows them."""
    return int(only_value(connection, f"select count(*) from {TABLE}"))
