{#- A view: touches of orders and of open paths, under one name. -#}
{{ config(materialized='view', meta={'keyed_by': 'person_id'}) }}

with order_touches as (
    select * from {{ ref('int_order_touches_collected') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

visits as (
    select * from {{ ref('visits') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

last_orders as (
    select
        person_id,
        max(ordered_at) as last_ordered_at
    from orders
    where is_counted
    group by person_id
),

-- What may still lead to an order: all touches that no counted order comes after.
open_touches as (
    select
        visits.person_id,
        visits.visit_number,
        visits.started_at,
        visits.channel,
        max(visits.started_at) over (partition by visits.person_id) as last_started_at
    from visits
    left join last_orders on visits.person_id = last_orders.person_id
    where
        (visits.has_web or visits.has_email or visits.channel in ('sms', 'push'))
        and (
            last_orders.last_ordered_at is null
            or visits.started_at > last_orders.last_ordered_at
        )
),

path_touches as (
    select
        touchpoint_id as path_id,
        person_id,
        visit_number,
        started_at,
        channel,
        ordered_at as converted_at,
        true as is_conversion
    from order_touches
    where touch_number is not null

    union all

    select
        open_touches.person_id as path_id,
        open_touches.person_id,
        open_touches.visit_number,
        open_touches.started_at,
        open_touches.channel,
        cast(null as {{ dbt.type_timestamp() }}) as converted_at,
        false as is_conversion
    from open_touches
    cross join settings
    where
        open_touches.started_at
        >= {{ add_days('open_touches.last_started_at', '-settings.attribution_lookback_days') }}
)

select * from path_touches
