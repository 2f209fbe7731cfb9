{{ config(meta={'keyed_by': 'person_id'}) }}

with orders as (
    select * from {{ ref('int_orders_identified') }}
),

visits as (
    select * from {{ ref('visits') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

conversions as (
    select
        orders.touchpoint_id,
        orders.order_id,
        orders.person_id,
        orders.order_number,
        orders.ordered_at,
        orders.visit_number as order_visit_number,
        {{ period_start(
            'month', local_date('orders.ordered_at', 'settings.reporting_time_zone')
        ) }} as order_month,
        orders.net_revenue,
        {{ add_days('orders.ordered_at', '-settings.attribution_lookback_days') }} as looks_back_to,
        case
            when settings.split_by_order
                then lag(orders.ordered_at) over (
                    partition by orders.person_id
                    order by orders.order_number asc nulls last
                )
        end as previous_ordered_at
    from orders
    cross join settings
    where orders.is_counted
),

-- What brought a person to the shop came by the web, by e-mail or by a message: an order, a ticket
-- or an answer alone is no touch.
touches as (
    select
        person_id,
        visit_number,
        visit_id,
        started_at,
        channel
    from visits
    where has_web or has_email or channel in ('sms', 'push')
),

order_touches as (
    select
        conversions.touchpoint_id,
        conversions.order_id,
        conversions.person_id,
        conversions.order_number,
        conversions.ordered_at,
        conversions.order_month,
        conversions.net_revenue,
        touches.visit_number,
        touches.visit_id,
        touches.started_at,
        touches.channel
    from conversions
    left join touches
        on
            conversions.person_id = touches.person_id
            and conversions.ordered_at >= touches.started_at
            and (
                conversions.order_visit_number = touches.visit_number
                or (
                    conversions.looks_back_to <= touches.started_at
                    and (
                        conversions.previous_ordered_at is null
                        or conversions.previous_ordered_at < touches.started_at
                    )
                )
            )
),

numbered as (
    select
        *,
        case
            when visit_id is not null
                then cast(row_number() over (
                    partition by touchpoint_id
                    order by visit_number asc nulls last
                ) as integer)
        end as touch_number,
        cast(count(visit_id) over (partition by touchpoint_id) as integer) as touch_count
    from order_touches
),

-- Where all touches are direct, the last of them is what is left.
marked as (
    select
        *,
        coalesce(
            max(case when channel <> 'direct' then touch_number end) over (
                partition by touchpoint_id
            ),
            max(touch_number) over (partition by touchpoint_id)
        ) as last_non_direct_number
    from numbered
)

select * from marked
