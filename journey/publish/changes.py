"""How much of what was already published turned out differently in the new version.

Later facts restate earlier ones: an identification moves touchpoints to another person, a refund
takes an order back. That is right, and readers see how often. New people, new orders and what
moves with `as_of` (stages, scores, expectations) are no changes. Only counts are made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from journey.core import database


@dataclass(frozen=True)
class Change:
    """How many rows of one subject changed, in words and as a number."""

    asset: str
    check_name: str
    observed: float
    detail: str


@dataclass(frozen=True)
class _Subject:
    mart: str
    key: str
    # Facts of the past, which neither new activity nor a later as_of moves.
    settled: Sequence[str]
    # Facts that new activity may add, but never moves: compared once they were known.
    added: Sequence[str] = ()


SUBJECTS = (
    _Subject(
        mart="people",
        key="person_id",
        settled=("first_touch_at", "acquisition_channel", "acquisition_campaign"),
        added=("first_order_at",),
    ),
    _Subject(
        mart="orders",
        key="touchpoint_id",
        settled=("person_id", "ordered_at", "is_counted", "net_revenue"),
    ),
)


def changes_since(connection: duckdb.DuckDBPyConnection, before: str, after: str) -> list[Change]:
    """Compare two attached databases, subject by subject; a mart that one lacks is left out."""
    changes = []
    for subject in SUBJECTS:
        columns = _shared_columns(connection, subject.mart, before, after)
        if subject.key in columns:
            changes.append(_change_of(connection, subject, columns, before, after))
    return changes


def _change_of(
    connection: duckdb.DuckDBPyConnection,
    subject: _Subject,
    columns: list[str],
    before: str,
    after: str,
) -> Change:
    facts = [name for name in (*subject.settled, *subject.added) if name in columns]
    tests = [
        f"old.{name} is distinct from new.{name}"
        + (f" and old.{name} is not null" if name in subject.added else "")
        for name in facts
    ]
    known, gone, restated = database.only_row(
        connection,
        f"""
        select
            count(*),
            count(*) filter (where new.{subject.key} is null),
            count(*) filter (
                where new.{subject.key} is not null and ({" or ".join(tests) or "false"})
            )
        from {before}.marts.{subject.mart} as old
        left join {after}.marts.{subject.mart} as new
            on old.{subject.key} = new.{subject.key}
        """,
    )
    return Change(
        asset=f"marts/{subject.mart}",
        check_name=f"{subject.mart}_changed_since_last_version",
        observed=float(gone + restated),
        detail=(
            f"Of {known:,} {subject.mart} in the last version {gone:,} are gone and "
            f"{restated:,} differ in {' or '.join(facts)}."
        ),
    )


def _shared_columns(
    connection: duckdb.DuckDBPyConnection, mart: str, before: str, after: str
) -> list[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where schema_name = 'marts'"
        " and table_name = ? and database_name in (?, ?)"
        " group by column_name having count(*) = 2 order by min(column_index)",
        [mart, before, after],
    ).fetchall()
    return [name for (name,) in rows]
