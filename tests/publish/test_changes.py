"""What a version says of the checks before it and of what changed since the last one."""

import duckdb

from journey import publish
from journey.core.checks import Check
from journey.core.settings import Settings
from journey.publish.changes import changes_since
from tests.publish.versions import AS_OF, MARTS, build, check, publish_run


def test_data_quality_ends_with_the_verdicts_and_what_changed(settings: Settings) -> None:
    publish_run(settings, 1)
    build(settings, 1)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            "delete from marts.people where person_id = 'cust:000007';"
            "update marts.people set run = 2 where person_id < 'cust:000005';"
            "update marts.people set first_touch_at = '2026-09-01' where person_id = 'cust:000001';"
            "update marts.orders set is_counted = false where person_id = 'cust:000002';"
            "insert into marts.people values ('cust:new', 1, '2026-11-01')"
        )
    raw = check()
    version = publish.publish(
        settings,
        marts=MARTS,
        run_id="run-2",
        as_of=AS_OF,
        checks=[check(), Check(**(raw.as_dict() | {"asset": "raw/orders"}))],
    )
    with duckdb.connect(str(version.database), read_only=True) as connection:
        rows = connection.execute(
            "select check_kind, asset, check_name, is_passed, observed from marts.data_quality"
            " where run_id = 'run-2'"
        ).fetchall()
        detail = connection.execute(
            "select detail from marts.data_quality where check_name like 'people_changed%'"
        ).fetchone()[0]
    assert rows == [
        ("expectation", "marts/people", "every_person_has_one_row", True, 0.0),
        ("warehouse", "marts/people", "people_changed_since_last_version", True, 2.0),
        ("warehouse", "marts/orders", "orders_changed_since_last_version", True, 1.0),
    ]
    assert "Of 50 people in the last version 1 are gone and 1 differ in first_touch_at" in detail


def test_a_change_is_what_later_facts_restated_and_not_what_a_later_run_moves() -> None:
    runs = {
        "before": """
            values
                ('gone', 'direct', null, 0.5), ('merged', 'direct', null, 0.5),
                ('bought', 'direct', null, 0.5), ('took_back', 'direct', date '2026-01-01', 0.5),
                ('same', 'direct', null, 0.5)
            """,
        "after": """
            values
                ('merged', 'email', null, 0.4), ('bought', 'direct', date '2026-02-01', 0.4),
                ('took_back', 'direct', null, 0.4), ('same', 'direct', null, 0.4),
                ('new', 'direct', null, 0.4)
            """,
    }
    orders = {
        "before": "values ('o1', 'paid', true, 10), ('o2', 'paid', true, 10),"
        " ('o4', 'paid', true, 10)",
        "after": "values ('o1', 'fulfilled', true, 10), ('o2', 'paid', true, 7),"
        " ('o3', 'paid', true, 10), ('o4', 'cancelled', false, 10)",
    }
    with duckdb.connect() as connection:
        for run, people in runs.items():
            connection.execute(
                f"""
                attach ':memory:' as {run};
                create schema {run}.marts;
                create table {run}.marts.people as
                from ({people})
                    as people (person_id, acquisition_channel, first_order_at, expected_orders_90d);
                create table {run}.marts.orders as
                from ({orders[run]}) as orders (touchpoint_id, status, is_counted, net_revenue);
                """
            )
        people, orders = changes_since(connection, "before", "after")
    # Gone, merged and took_back; the refunded o2 and the cancelled o4.
    assert (people.observed, orders.observed) == (3.0, 2.0)
    assert orders.detail.endswith("0 are gone and 2 differ in is_counted or net_revenue.")
