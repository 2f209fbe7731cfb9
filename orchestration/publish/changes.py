"""How much of what was already published turned out differently in the new version.

Later facts restate earlier ones: an identification moves touchpoints to another person, a refund
takes an order back. That is right, and readers are told how often. New people and new orders are no
changes. Only counts are made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb


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
    noun: str
    key: str
    where: str
    # Facts of the past, which new activity alone does not move.
    settled: Sequence[str]


SUBJECTS = (
    _Subject(
        mart="people",
        noun="people",
        key="person_id",
        where="true",
        settled=(
            "first_touch_at",
            "acquisition_channel",
            "acquisition_campaign",
            "first_order_at",
        ),
    ),
    _Subject(
        mart="touchpoints",
        noun="orders",
        key="touchpoint_id",
        where="touchpoint like 'order:%'",
        settled=("person_id", "occurred_at", "touchpoint"),
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
    facts = [name for name in columns if name != subject.key]
    settled = [name for name in facts if name in subject.settled]
    known, gone, differing, restated = connection.execute(
        f"""
        select
            count(*),
            count(*) filter (where new.{subject.key} is null),
            count(*) filter (where {_differ(subject.key, facts)}),
            count(*) filter (where {_differ(subject.key, settled)})
        from (select * from {before}.marts.{subject.mart} where {subject.where}) as old
        left join (select * from {after}.marts.{subject.mart} where {subject.where}) as new
            on old.{subject.key} = new.{subject.key}
        """
    ).fetchone()
    return Change(
        asset=f"marts/{subject.mart}",
        check_name=f"{subject.noun}_changed_since_last_version",
        observed=float(gone + differing),
        detail=(
            f"Of {known:,} {subject.noun} in the last version {gone:,} are gone and "
            f"{differing:,} differ, {restated:,} of them in {', '.join(settled)}."
        ),
    )


def _differ(key: str, columns: Sequence[str]) -> str:
    tests = [f"old.{name} is distinct from new.{name}" for name in columns]
    return f"new.{key} is not null and ({' or '.join(tests) or 'false'})"


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
