"""A warehouse small enough to be right at a glance, for tests that make one thing of it wrong.

Two people: a customer who looks and buys within ten minutes, and a device that looks once. The
marts are written by hand, cell by cell; the seeds are the project's own.
"""

from pathlib import Path

import duckdb

from journey.ingest.contracts import LINEAGE, read_contract
from tests.conftest import REPO

KEY = "'" + "ab12" * 16 + "'"

RAW: dict[str, list[str]] = {
    "web_events": [
        "'e1' as event_id, timestamp '2026-11-20 10:00' as occurred_at, 'd1' as anonymous_id,"
        " 'page_view' as event_name, 'https://shop.example/?q=a' as page_url",
        f"'e2' as event_id, timestamp '2026-11-20 10:05' as occurred_at, {KEY} as email_key,"
        " 'purchase' as event_name, 10.00 as revenue, 'GBP' as currency",
    ],
    "email_events": [
        f"'m1' as event_id, timestamp '2026-11-20 08:00' as occurred_at, {KEY} as email_key,"
        " 'opened' as event_name, false as is_machine",
    ],
    "orders": [
        "'o1' as order_id, timestamp '2026-11-20 10:10' as ordered_at, '1' as customer_id,"
        " 'paid' as status, 10.00 as net_amount, 12.00 as total_amount, 'GBP' as currency",
    ],
    "refunds": [
        "'r1' as refund_id, 'o1' as order_id, timestamp '2026-11-20 12:00' as refunded_at,"
        " 2.00 as amount, 'GBP' as currency",
    ],
    "feedback": [
        "'f1' as feedback_id, timestamp '2026-11-20 12:00' as occurred_at, 'nps' as kind,"
        " 9 as score, '1' as customer_id",
    ],
    "referrals": [
        "'x1' as referral_id, timestamp '2026-11-20 12:00' as occurred_at,"
        " '1' as referrer_customer_id, '2' as referred_customer_id",
    ],
    "support_tickets": [
        "'s1' as ticket_id, timestamp '2026-11-20 12:00' as opened_at,"
        " timestamp '2026-11-20 13:00' as closed_at, '1' as customer_id",
    ],
    "interactions": [
        "'i1' as interaction_id, timestamp '2026-11-20 12:00' as occurred_at, 'store' as channel,"
        " 'visited' as event_name, 'inbound' as direction, '1' as customer_id",
    ],
    "customers": [
        "'1' as customer_id, timestamp '2026-11-20 09:00' as updated_at,"
        f" timestamp '2026-11-19 09:00' as created_at, {KEY} as email_key, 1980 as birth_year",
    ],
    "ad_spend": [
        "date '2026-11-20' as spend_date, 'paid_search' as channel, 5.00 as amount,"
        " 'GBP' as currency, 100 as impressions, 3 as clicks",
    ],
}

MARTS: dict[str, str] = {
    "people": """
        from (values
            ('anon:d2', timestamp '2026-11-21 09:00', timestamp '2026-11-21 09:00', 'direct',
                null, 'awareness', 'awareness', 1, 0, 0.00, null, null,
                null, null, null, 'prospect', null::double, null::double, null::decimal(18, 2)),
            ('cust:1', '2026-11-20 10:00', '2026-11-20 10:10', 'email',
                'autumn', 'purchase', 'purchase', 1, 1, 8.00,
                timestamp '2026-11-20 10:10', timestamp '2026-11-20 10:10',
                1, 1, 1, 'lost', 0.25, 0.75, 6.00)
        ) as people (
            person_id, first_touch_at, last_touch_at, acquisition_channel, acquisition_campaign,
            current_stage, furthest_stage, visit_count, order_count, net_revenue,
            first_order_at, last_order_at, recency_score, frequency_score, monetary_score, persona,
            expected_orders_90d, expected_orders_365d, expected_value_365d
        )
    """,
    "days": """
        from (values
            (date '2026-11-20', date '2026-11-16', date '2026-11-01'),
            ('2026-11-21', '2026-11-16', '2026-11-01')
        ) as days (calendar_date, week_start, month_start)
    """,
    "touchpoints": """
        select *, person_id as person_id_latest
        from (values
            ('web_events:site:e3', 'anon:d2', timestamp '2026-11-21 09:00', 'web:page_view',
                true, false, false, 'direct', 'awareness', 'anon:d2#1', 'device_only', null),
            ('web_events:site:e1', 'cust:1', '2026-11-20 10:00', 'web:page_view',
                true, false, false, 'email', 'awareness', 'cust:1#1', 'device_after', null),
            ('orders:shop:o1', 'cust:1', '2026-11-20 10:10', 'order:placed',
                true, false, false, null, 'purchase', 'cust:1#1', 'own_customer', null),
            ('email_events:mail:m1', 'cust:1', '2026-11-20 08:00', 'email:sent',
                false, false, false, 'email', null, null, 'own_email', cast(null as double))
        ) as touchpoints (
            touchpoint_id, person_id, occurred_at, touchpoint,
            is_inbound, is_bot, is_machine, channel, stage, visit_id, person_id_basis, score
        )
    """,
    "visits": """
        from (values
            ('anon:d2', 1, 'anon:d2#1', timestamp '2026-11-21 09:00',
                timestamp '2026-11-21 09:00', 1, true, 'direct', false),
            ('cust:1', 1, 'cust:1#1', '2026-11-20 10:00',
                '2026-11-20 10:10', 2, true, 'email', false)
        ) as visits (
            person_id, visit_number, visit_id, started_at,
            ended_at, touchpoint_count, has_web, channel, is_overlong
        )
    """,
    "orders": """
        from (values
            ('orders:shop:o1', 'o1', 'shop', 'cust:1', timestamp '2026-11-20 10:10',
                date '2026-11-20', 'paid', true, 1, true, 10.00::decimal(18, 2),
                2.00::decimal(18, 2), 8.00::decimal(18, 2), 'GBP', 1.00000000::decimal(18, 8),
                'cust:1#1', 'email', 'autumn', 'email', null::double)
        ) as orders (
            touchpoint_id, order_id, source, person_id, ordered_at, ordered_date, status,
            is_counted, order_number, is_first, net_amount, refunded_amount, net_revenue,
            original_currency, exchange_rate, visit_id, channel, campaign,
            last_non_direct_channel, hours_since_previous_order
        )
    """,
    "stage_names": """
        select 'digital' as stage_model, 1 as stage_model_number, true as is_default, names.*
        from (values
            ('awareness', 1, 'Awareness', 1), ('consideration', 2, 'Consideration', 2),
            ('intent', 3, 'Intent', 3), ('purchase', 4, 'Purchase', 4),
            ('retention', 5, 'Retention', 5), ('advocacy', 6, 'Advocacy', 6)
        ) as names (canonical_stage, canonical_position, stage, stage_position)
    """,
    "stage_entries": """
        from (values
            ('anon:d2', 1, 'awareness', timestamp '2026-11-21 09:00', 'web_events:site:e3', 1),
            ('cust:1', 1, 'awareness', '2026-11-20 10:00', 'web_events:site:e1', 1),
            ('cust:1', 2, 'purchase', '2026-11-20 10:10', 'orders:shop:o1', 1)
        ) as entries (
            person_id, entry_number, stage, entered_at, touchpoint_id, visit_number
        )
    """,
    "stage_transitions": """
        from (values
            ('digital', 'anon:d2', 1, 'start', 'Awareness', timestamp '2026-11-21 09:00',
                null, null, 'enter', 0, 'web_events:site:e3'),
            ('digital', 'cust:1', 1, 'start', 'Awareness', '2026-11-20 10:00',
                null, null, 'enter', 0, 'web_events:site:e1'),
            ('digital', 'cust:1', 2, 'Awareness', 'Purchase', '2026-11-20 10:10',
                timestamp '2026-11-20 10:00', 10 / 60, 'skip', 2, 'orders:shop:o1')
        ) as transitions (
            stage_model, person_id, transition_number, from_stage, to_stage, transitioned_at,
            entered_from_at, hours_in_from_stage, direction, skipped_stages, touchpoint_id
        )
    """,
    "stage_transition_matrix": """
        from (values
            (null::varchar, 'start', 'Awareness', 2, 2, 1.0::double, null::double, null::double),
            (null, 'Awareness', 'Purchase', 1, 1, 1, 0.16, 0.16),
            ('direct', 'start', 'Awareness', 1, 1, 1, null, null),
            ('email', 'start', 'Awareness', 1, 1, 1, null, null),
            ('email', 'Awareness', 'Purchase', 1, 1, 1, 0.16, 0.16)
        ) as cells (
            acquisition_channel, from_stage, to_stage, transitions, people, share_of_from,
            median_hours, p90_hours
        ), (values (null::date), ('2026-11-01')) as slices (month),
        (values ('digital', true)) as common (stage_model, is_small)
    """,
    "stage_occupancy": """
        from (values
            ('digital', timestamp '2026-11-22', 'Awareness', 1, 0.6),
            ('digital', '2026-11-22', 'Consideration', 0, null),
            ('digital', '2026-11-22', 'Intent', 0, null),
            ('digital', '2026-11-22', 'Purchase', 1, 1.5),
            ('digital', '2026-11-22', 'Retention', 0, null),
            ('digital', '2026-11-22', 'Advocacy', 0, null),
            ('digital', '2026-11-22', 'lapsed', 0, null)
        ) as occupied (stage_model, as_of, stage, people, median_days_in_stage)
    """,
    "stage_funnel": """
        select slices.month, null::varchar as acquisition_channel, stages.*, window_days,
            null::double as median_hours, null::double as mean_hours
        from (values
            ('digital', 'Awareness', 1, 2, 2, 1, 0, 1, 0.5, 0.0, 1.0, null::double, true),
            ('digital', 'Consideration', 2, 1, 0, 1, 0, 0, 1.0, 0.0, 0.5, null, true),
            ('digital', 'Intent', 3, 1, 0, 1, 0, 0, 1.0, 0.0, 0.5, null, true),
            ('digital', 'Purchase', 4, 1, 1, 0, 0, 1, 0.0, 0.0, 0.5, null, true),
            ('digital', 'Retention', 5, 0, 0, 0, 0, 0, null, null, 0.0, null, true),
            ('digital', 'Advocacy', 6, 0, 0, null, 0, 0, null, null, 0.0, null, true)
        ) as stages (
            stage_model, stage, stage_position, entered, observed, converted, dropped, still_open,
            conversion_rate, drop_off_rate, share_of_start, conversion_rate_in_window, is_small
        ), (values (30)) as settings (window_days),
        (values (null::date), ('2026-11-01')) as slices (month)
    """,
    "cohort_retention": """
        from (values
            ('first_touch', 'active', 'month', date '2026-11-01', 0, 2, 2, 2, null::double,
                null::double, null::bigint, null::decimal(18, 2), null::decimal(18, 2), false),
            ('first_order', 'order', 'day', '2026-11-20', 0, 1, 1, 1, 1.0, 1.0, 1, 8, 8, true),
            ('first_order', 'order', 'day', '2026-11-20', 1, 1, 0, 0, 0.0, 0.0, 0, 0, 8, true)
        ) as cells (
            cohort_basis, activity, grain, cohort_start, period_number, cohort_size,
            active_people, returning_unbounded, retention_rate, unbounded_retention_rate, orders,
            net_revenue, cumulative_net_revenue, is_complete
        ), (values ('calendar', 'all', 'all', false, true)) as common (
            "window", segment_type, segment, is_retrospective, is_small
        ),
        (select cumulative_net_revenue / cohort_size as cumulative_net_revenue_per_person)
    """,
    "cohort_retention_overall": """
        from (values
            ('first_order', 'order', 'day', 0, 1, 1, 1, 1, 1.0, 1.0),
            ('first_order', 'order', 'day', 1, 1, 1, 0, 0, 0.0, 0.0)
        ) as cells (
            cohort_basis, activity, grain, period_number, cohorts, cohort_size, active_people,
            returning_unbounded, retention_rate, unbounded_retention_rate
        ), (values ('calendar', 'all', 'all', false)) as common (
            "window", segment_type, segment, is_retrospective
        )
    """,
    "channel_attribution": """
        select attribution_model, month, cells.*,
            if(attribution_model = 'markov' and month is null, conversions, null) as removal_effect
        from (values
            ('email', 1.0::double, 1.0::double, 8.00::decimal(18, 2), 5.00::decimal(18, 2),
                5.0::double, 1.6::double),
            ('direct', 0.0, 0.0, 0.00, null, null, null)
        ) as cells (
            channel, conversions, first_order_conversions, revenue, cost,
            cost_per_conversion, roas
        ), (values ('first'), ('last'), ('last_non_direct'), ('linear'), ('position'),
            ('time_decay'), ('markov'), ('shapley')) as models (attribution_model),
        (values (null::date), ('2026-11-01')) as slices (month)
    """,
    "channel_attribution_by_order": """
        select attribution_model, credits.*
        from (values
            ('orders:shop:o1', 'o1', timestamp '2026-11-20 10:10', date '2026-11-01', true,
                1, 'cust:1#1', 'email', 1.0::double, 8.00::decimal(18, 2))
        ) as credits (
            touchpoint_id, order_id, ordered_at, order_month, is_first_order,
            touch_number, visit_id, channel, credit, revenue_credit
        ), (values ('first'), ('last'), ('last_non_direct'), ('linear'), ('position'),
            ('time_decay'), ('markov'), ('shapley')) as models (attribution_model)
    """,
    "journey_paths": """
        from (values
            ('stage', 'awareness', 1, 1, 0, 0.0::double, null::double),
            ('stage', 'awareness > purchase', 1, 1, 1, 1.0, 0.007),
            ('channel', 'direct', 1, 1, 0, 0.0, null),
            ('channel', 'email', 1, 1, 1, 1.0, 0.007)
        ) as paths (path_type, path, paths, people, conversions, conversion_rate, median_days)
    """,
    "satisfaction": """
        from (values
            (null::date, null::varchar, null::varchar), (null, null, 'price'),
            (null, 'purchase', null), (null, 'purchase', 'price'),
            ('2026-11-01', null, null), ('2026-11-01', null, 'price'),
            ('2026-11-01', 'purchase', null), ('2026-11-01', 'purchase', 'price')
        ) as slices (month, stage, topic),
        (values
            ('nps', 1, 100.0::double, null::double, 9.0::double, 0.0::double, true),
            ('csat', 2, null, 0.5, 3.0, 0.5, true)
        ) as answers (kind, responses, nps, csat, mean_score, low_share, is_small)
    """,
    "persona_profiles": """
        select personas.persona, null::varchar as trait, null::varchar as value, people,
            null::double as share, null::double as share_of_everybody, null::double as index,
            true as is_small, people / 2 as share_of_people, net_revenue,
            (net_revenue / 8)::double as share_of_revenue, order_count,
            order_count::double as orders_per_person_month, 1.0::double as visits_per_person_month,
            if(order_count > 0, 8.0::double, null) as average_order_value,
            null::double as median_days_between_orders, if(nps_responses > 0, 100.0::double, null)
            as nps, nps_responses, null::double as csat, 0::bigint as csat_responses,
            if(order_count > 0, 6.0::double, null) as expected_value_365d
        from (values
            (null::varchar, 2::bigint, 8.00::decimal(18, 2), 1::bigint, 1::bigint),
            ('lost', 1, 8.00, 1, 1), ('prospect', 1, 0.00, 0, 0)
        ) as personas (persona, people, net_revenue, order_count, nps_responses)
        union all by name
        select persona, unnest([
                'country', 'age_band', 'device', 'acquisition_channel', 'furthest_stage',
                'current_stage', 'favourite_touchpoint'
            ]) as trait, value, people, share, share_of_everybody, index, true as is_small
        from (values
            (null::varchar, 'a', 1::bigint, 0.5::double, 0.5::double, 1.0::double),
            (null, 'b', 1, 0.5, 0.5, 1.0), ('lost', 'a', 1, 1.0, 0.5, 2.0),
            ('prospect', 'b', 1, 1.0, 0.5, 2.0)
        ) as cells (persona, value, people, share, share_of_everybody, index)
    """,
    "referral_rates": """
        from (values
            (null::date, 1, 1, 2, 0, 1.0::double, 0.0::double),
            ('2026-10-01', 0, 0, 0, 0, null, null),
            ('2026-11-01', 1, 1, 2, 0, 1.0, 0.0)
        ) as rates (
            month, customers, referrers, referrals, referred_customers, referral_rate, k_factor
        )
    """,
    "experiment_results": """
        from (values
            ('x', 'visit', 'control', 40, 0.5::double, null::double, null::double, null::double,
                null::double, null::double, 0.5::double),
            ('x', 'conversion', 'control', 40, 0.1, null, null, null, null, null, 0.5),
            ('x', 'revenue', 'control', 40, 0.8, null, null, null, null, null, 0.5),
            ('x', 'visit', 'b', 35, 0.5, 0.0, -0.3, 0.3, 1.0, 0.0, 0.5),
            ('x', 'conversion', 'b', 35, 0.2, 0.1, -0.1, 0.3, 0.4, 1.0, 0.5),
            ('x', 'revenue', 'b', 35, 1.8, 1.0, -0.5, 2.5, 0.1, 1.25, 0.5)
        ) as results (
            experiment, metric, variant, people, mean, lift, ci_low, ci_high,
            p_value, relative_lift, share_ratio_p
        )
    """,
    "lifecycle": """
        select grain, period_start, unnest(['new', 'returning', 'resurrected', 'dormant']) as state,
            unnest(counts) as people
        from (values
            ('day', date '2026-11-20', [1, 0, 0, 0]), ('day', '2026-11-21', [1, 0, 0, -1]),
            ('week', '2026-11-16', [2, 0, 0, 0]), ('month', '2026-11-01', [2, 0, 0, 0])
        ) as periods (grain, period_start, counts)
    """,
    "journey_map": """
        from (values
            ('Awareness', 1, 'web:page_view', 2, 2, 2, 1.0::double, 0.5::double, 0.0::double,
                0.17::double, 'see what there is', 'forward_rate_7d', 0.3::double, 0.5::double,
                true),
            ('Purchase', 4, 'order:placed', 1, 1, 1, 1.0, 0.0, 0.0, null, null, null, null, null,
                null),
            ('Retention', 5, 'web:chat', 0, 0, 0, null, null, null, null, 'ask', 'people', 9.0,
                0.0, false)
        ) as cells (
            stage, stage_position, touchpoint, people, touches, stage_people, share_of_people,
            forward_rate_7d, drop_off_rate, median_hours_in_stage, curated_goal, target_metric,
            target, actual, is_met
        ), (values ('2026-11'), ('last_90_days'), ('overall')) as periods (period), (values
            (timestamp '2026-11-22', 'digital', null::double, 0, true, null::double, 0, true, true)
        ) as common (
            as_of, stage_model, nps, nps_responses, is_nps_small, csat, csat_responses,
            is_csat_small, is_small
        ),
        (select if(touches > 0, 0.0::double, null) as support_tickets_7d)
    """,
    "journey_map_changes": """
        from (values
            ('Awareness', 'web:page_view', 2, 2, 0.5::double, 0.25::double, 0.25::double,
                0.6::double),
            ('Purchase', 'order:placed', 1, 0, null, null, null, null),
            ('Retention', 'web:chat', 0, 0, null, null, null, null)
        ) as cells (
            stage, touchpoint, people, people_before, value_now, value_before, difference, p_value
        ), (values ('share_of_people'), ('forward_rate_7d'), ('drop_off_rate')) as metrics (metric),
        (values
            ('digital', 'last_28_days', date '2026-10-25', date '2026-11-21', date '2026-09-27',
                date '2026-10-24', false),
            ('digital', 'last_month', '2026-10-01', '2026-10-31', '2026-09-01', '2026-09-30', false)
        ) as common (
            stage_model, comparison, first_date, last_date, first_date_before, last_date_before,
            is_news
        )
    """,
    "data_quality": """
        from (values
            ('run', timestamp '2026-11-22 02:00', 'delivery', 'raw/orders', 'shop', 'loaded',
                'warning', true, 1.0, '')
        ) as account (
            run_id, run_at, check_kind, asset, source, check_name,
            severity, is_passed, observed, detail
        )
    """,
}

# What suites and tests of dbt read beside the marts.
UPSTREAM: dict[str, str] = {
    "run.settings": """
        select 'run' as run_id, timestamp '2026-11-22' as as_of, 'UTC' as reporting_time_zone,
            30 as visit_timeout_minutes
    """,
    "staging.stg_feedback__responses": """
        from (values ('nps'), ('csat'), ('csat')) as answers (feedback_kind)
    """,
    "intermediate.int_touchpoints_sessionized": "from marts.touchpoints",
    "intermediate.int_orders_identified": "from marts.orders",
    "intermediate.int_orders_net_of_refunds": "from marts.orders",
    "intermediate.int_stage_places_listed": "from marts.stage_names",
    "intermediate.int_experiment_outcomes_measured": """
        select 'x' as experiment, person_id from range(75) as people (person_id)
    """,
}


def build_marts(path: Path, *changes: str) -> None:
    """Write the private warehouse with its marts, changed by these statements."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        for schema in ("marts", "intermediate", "seeds", "staging", "run"):
            connection.execute(f"create schema {schema}")
        for seed in ("stages", "stage_models", "channel_rules", "personas"):
            file = REPO / "dbt_project" / "seeds" / f"{seed}.csv"
            connection.execute(f"create table seeds.{seed} as from read_csv('{file}')")
        for mart, rows in MARTS.items():
            connection.execute(f"create table marts.{mart} as {rows}")
        for table, rows in UPSTREAM.items():
            connection.execute(f"create table {table} as {rows}")
        for change in changes:
            connection.execute(change)


def write_arrived(folder: Path, kind: str, *changes: str) -> list[str]:
    """Write what arrived of a kind as ingest does, changed by these statements on `arrived`."""
    contract = read_contract(kind)
    columns = {column.name: column.sql_type for column in contract.columns} | LINEAGE
    with duckdb.connect() as connection:
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"create table arrived ({listed}, event_date date)")
        for number, row in enumerate(RAW[kind], start=1):
            connection.execute(
                f"insert into arrived by name select {row}, 'tool' as source,"
                f" date '2026-11-21' as delivered_on, 'landing/file.csv' as file_name,"
                f" {number} as file_row, 1 as load_id, false as is_restatement,"
                " date '2026-11-20' as event_date"
            )
        for change in changes:
            connection.execute(change)
        target = folder / kind
        target.mkdir(parents=True)
        connection.execute(
            f"copy arrived to '{target}' (format parquet, partition_by (event_date))"
        )
    return [str(path) for path in target.rglob("*.parquet")]
