"""Small versions of a few marts, and what a reader finds in them."""

import os
from datetime import UTC, datetime
from hashlib import sha256

import duckdb

from journey import publish
from journey.core.checks import Check
from journey.core.settings import Settings

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
MARTS = ["data_quality", "orders", "people"]


def check(severity: str = "critical", *, is_passed: bool = True) -> Check:
    return Check(
        asset="marts/people",
        check_name="every_person_has_one_row",
        severity=severity,
        is_passed=is_passed,
        observed=0.0 if is_passed else 3.0,
        expected="Every person has one row",
        unexpected_count=0 if is_passed else 3,
        element_count=10,
        detail="",
    )


def build(settings: Settings, run: int, people: int = 50) -> None:
    """A private warehouse whose every table says which run built it."""
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"""
            create table marts.people as
            select
                'cust:' || lpad(number::varchar, 6, '0') as person_id,
                {run}::bigint as run,
                timestamp '2026-10-01' + interval (number) minute as first_touch_at
            from range({people}) as numbers (number);
            create table marts.orders as
            select
                'orders:shop:' || person_id as touchpoint_id,
                person_id,
                true as is_counted,
                first_touch_at as ordered_at
            from marts.people;
            create table marts.data_quality as
            select
                'earlier' as run_id,
                timestamp '2026-11-22' as run_at,
                'delivery' as check_kind,
                'raw/orders' as asset,
                'shop' as source,
                'loaded' as check_name,
                'warning' as severity,
                true as is_passed,
                {run}::double as observed,
                '' as detail;
            comment on table marts.people is 'People. One row per person: "it''s one".';
            comment on column marts.people.person_id is 'Who.';
            """
        )


def publish_run(settings: Settings, run: int, **given: object) -> publish.Version:
    build(settings, run, **given)
    return publish.publish(
        settings,
        marts=MARTS,
        run_id=f"run-{run}",
        as_of=AS_OF,
        checks=[check()],
        raw_state=f"state {run}",
    )


def run_that_readers_see(settings: Settings) -> int | None:
    """Read as an analyst does; fails when the tables of one version do not agree."""
    path = settings.published_dir / "current.duckdb"
    if not path.exists():
        return None
    with duckdb.connect(os.path.realpath(path), read_only=True) as connection:
        runs, people, orders, quality = connection.execute(
            """
            select
                (select list(distinct run) from marts.people),
                (select count(*) from marts.people),
                (select count(*) from marts.orders),
                (select observed from marts.data_quality where check_name = 'loaded')
            """
        ).fetchone()
    assert runs == [quality]
    assert people == orders > 0
    return runs[0]


def assert_sealed(version: publish.Version) -> None:
    """Every file is there, read-only and as the manifest says."""
    assert {file.path for file in version.files} == {
        "journey.duckdb",
        *(f"parquet/{mart}.parquet" for mart in MARTS),
    }
    for file in version.files:
        path = version.directory / file.path
        assert path.stat().st_mode & 0o777 == 0o444
        assert path.stat().st_size == file.bytes
        assert sha256(path.read_bytes()).hexdigest() == file.sha256
