{{ config(meta={'keyed_by': 'person_id'}) }}

with orders as (
    select * from {{ ref('int_orders_identified') }}
),

visits as (
    select * from {{ ref('visits') }}
),

order_touches as (
    select * from {{ ref('int_order_touches_collected') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

followed as (
    select
        *,
        case
            when is_counted
                then lag(ordered_at) over (
                    partition by person_id, is_counted
                    order by order_number asc nulls last
                )
        end as previous_ordered_at
    from orders
),

last_non_direct_touches as (
    select
        touchpoint_id,
        coalesce(channel, 'unattributed') as channel
    from order_touches
    where touch_count = 0 or touch_number = last_non_direct_number
),

described as (
    select
        followed.touchpoint_id,
        followed.order_id,
        followed.source,
        followed.person_id,
        followed.ordered_at,
        {{ local_date('followed.ordered_at', 'settings.reporting_time_zone') }} as ordered_date,
        followed.status,
        followed.is_counted,
        followed.order_number,
        coalesce(followed.order_number = 1, false) as is_first,
        {{ money('followed.net_amount * followed.rate') }} as net_amount,
        {{ money('followed.refunded_amount * followed.rate') }} as refunded_amount,
        followed.net_revenue,
        followed.currency as original_currency,
        followed.rate as exchange_rate,
        visits.visit_id,
        visits.channel,
        visits.campaign,
        last_non_direct_touches.channel as last_non_direct_channel,
        {{ hours(microseconds_between('followed.previous_ordered_at', 'followed.ordered_at')) }}
            as hours_since_previous_order
    from followed
    inner join visits
        on
            followed.person_id = visits.person_id
            and followed.visit_number = visits.visit_number
    left join last_non_direct_touches
        on followed.touchpoint_id = last_non_direct_touches.touchpoint_id
    cross join settings
),

sorted as (
    select *
    from described
    order by
        person_id asc nulls last,
        ordered_at asc nulls last,
        touchpoint_id asc nulls last
)

select * from sorted
