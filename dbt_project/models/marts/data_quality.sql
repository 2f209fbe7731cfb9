{% set named_findings = 20 -%}
with quality as (
    select * from {{ source('run', 'quality') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

devices as (
    select * from {{ ref('int_devices_identified') }}
),

visits as (
    select * from {{ ref('visits') }}
),

orders as (
    select * from {{ ref('int_orders_net_of_refunds') }}
),

spend_days as (
    select * from {{ ref('stg_ads__spend_days') }}
),

refunds as (
    select * from {{ ref('stg_refunds__refunds') }}
),

touchpoints as (
    select * from {{ ref('touchpoints') }}
),

stage_rules as (
    select * from {{ ref('stage_rules') }}
),

outbound_touchpoints as (
    select * from {{ ref('outbound_touchpoints') }}
),

fed_orders as (
    select * from {{ ref('stg_orders__orders') }}
),

warehouse_checks as (
    select
        'shared_devices' as check_name,
        'intermediate/int_devices_identified' as asset,
        'Devices with more identified people than max_people_per_device: they identify no person'
            as meaning

    union all

    select
        'overlong_visits' as check_name,
        'marts/visits' as asset,
        'Visits longer than 24 hours: flagged, not cut' as meaning

    union all

    select
        'orders_without_exchange_rate' as check_name,
        'intermediate/int_orders_net_of_refunds' as asset,
        'Counted orders in a currency without a rate on or before their day: left out of the sums'
            as meaning

    union all

    select
        'refunds_without_exchange_rate' as check_name,
        'intermediate/int_orders_net_of_refunds' as asset,
        'Orders with refunds in another currency that has no rate on or before their day: these'
        || ' refunds are left out' as meaning

    union all

    select
        'ad_spend_without_exchange_rate' as check_name,
        'staging/stg_ads__spend_days' as asset,
        'Days of ad spend on a channel in a currency without a rate by then: left out of the sums'
            as meaning

    union all

    select
        'refunds_of_ambiguous_orders' as check_name,
        'intermediate/int_orders_net_of_refunds' as asset,
        'Refunds of an order number that several sources have: taken off the earliest of its orders'
            as meaning

    union all

    -- A shop names its own events as it likes: that is worth knowing, and no fault.
    select
        'touchpoints_without_a_rule' as check_name,
        'marts/touchpoints' as asset,
        'Names of events that no rule names: of web events and interactions rules for any name'
        || ' decide, e-mail events are not inbound' as meaning

    union all

    select
        'order_statuses_without_a_rule' as check_name,
        'staging/stg_orders__orders' as asset,
        'Statuses of orders that no format maps: such orders count as placed' as meaning
),

-- Web refunds name the source of their order.
ambiguous_numbers as (
    select orders.order_id
    from orders
    cross join settings
    where settings.orders_from = 'orders'
    group by orders.order_id
    having count(*) > 1
),

-- What a web event or an interaction is called is free, and an e-mail event may have its tool's
-- name; other touchpoints have names of ours.
free_names as (
    select touchpoint
    from touchpoints
    where
        case
            when {{ dbt.split_part('touchpoint', "':'", 1) }} = 'email' then not is_inbound
            else
                is_inbound
                and {{ dbt.split_part('touchpoint', "':'", 1) }}
                not in ('order', 'feedback', 'support', 'referral')
        end
    group by touchpoint
),

findings as (
    select
        'shared_devices' as check_name,
        anonymous_id as finding
    from devices
    where is_shared_device

    union all

    select
        'overlong_visits' as check_name,
        visit_id as finding
    from visits
    where is_overlong

    union all

    select
        'orders_without_exchange_rate' as check_name,
        touchpoint_id as finding
    from orders
    where is_counted and rate is null

    union all

    select
        'refunds_without_exchange_rate' as check_name,
        touchpoint_id as finding
    from orders
    where unrated_refund_count > 0

    union all

    -- Campaigns are words that people chose: a day's are listed as one.
    select distinct
        'ad_spend_without_exchange_rate' as check_name,
        source || ' ' || cast(spend_date as {{ dbt.type_string() }}) || ' ' || channel
        || ' ' || currency as finding
    from spend_days
    where rate is null

    union all

    select
        'refunds_of_ambiguous_orders' as check_name,
        {{ touchpoint_id("'refunds'", 'refunds.source', 'refunds.refund_id') }} as finding
    from refunds
    inner join ambiguous_numbers on refunds.order_id = ambiguous_numbers.order_id

    union all

    select
        'touchpoints_without_a_rule' as check_name,
        touchpoint as finding
    from free_names
    where
        touchpoint not in (select stage_rules.touchpoint from stage_rules)
        and touchpoint not in (select outbound_touchpoints.touchpoint from outbound_touchpoints)

    union all

    select distinct
        'order_statuses_without_a_rule' as check_name,
        source || ' ' || unknown_status as finding
    from fed_orders
    where unknown_status is not null and not is_test
),

findings_ranked as (
    select
        *,
        row_number() over (
            partition by check_name
            order by finding asc nulls last
        ) as finding_rank
    from findings
),

findings_summed as (
    select
        check_name,
        count(*) as finding_count,
        {{ dbt.listagg(
            'case when finding_rank <= ' ~ named_findings ~ ' then finding end', "', '", 'order by finding'
        ) }} as first_findings
    from findings_ranked
    group by check_name
),

run_times as (
    select max(run_at) as run_at
    from quality
),

warehouse_rows as (
    select
        settings.run_id,
        coalesce(run_times.run_at, settings.as_of) as run_at,
        'warehouse' as check_kind,
        warehouse_checks.asset,
        cast(null as {{ dbt.type_string() }}) as source,
        warehouse_checks.check_name,
        case
            when warehouse_checks.check_name = 'touchpoints_without_a_rule' then 'info'
            else 'warning'
        end as severity,
        findings_summed.finding_count is null
        or warehouse_checks.check_name = 'touchpoints_without_a_rule' as is_passed,
        cast(coalesce(findings_summed.finding_count, 0) as double) as observed,
        warehouse_checks.meaning
        || coalesce(': ' || findings_summed.first_findings, '')
        || case
            when findings_summed.finding_count > {{ named_findings }}
                then
                    ' and ' || cast(
                        findings_summed.finding_count - {{ named_findings }}
                        as {{ dbt.type_string() }}
                    ) || ' more'
            else ''
        end as detail
    from warehouse_checks
    cross join settings
    cross join run_times
    left join findings_summed on warehouse_checks.check_name = findings_summed.check_name
),

checks as (
    select
        run_id,
        run_at,
        check_kind,
        asset,
        source,
        check_name,
        severity,
        is_passed,
        observed,
        detail
    from quality

    union all

    select * from warehouse_rows
),

sorted as (
    select *
    from checks
    order by
        run_id asc nulls last,
        check_kind asc nulls last,
        asset asc nulls last,
        source asc nulls last,
        check_name asc nulls last,
        detail asc nulls last
)

select * from sorted
