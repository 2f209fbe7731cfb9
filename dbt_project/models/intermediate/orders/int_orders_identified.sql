{{ config(meta={'keyed_by': 'person_id'}) }}

with orders as (
    select * from {{ ref('int_orders_net_of_refunds') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

order_touchpoints as (
    select
        touchpoint_id,
        person_id,
        visit_number
    from touchpoints
    where kind = 'orders'
),

identified as (
    select
        orders.*,
        order_touchpoints.person_id,
        order_touchpoints.visit_number
    from orders
    inner join order_touchpoints on orders.touchpoint_id = order_touchpoints.touchpoint_id
),

numbered as (
    select
        *,
        case
            when is_counted
                then cast(row_number() over (
                    partition by person_id, is_counted
                    order by ordered_at asc nulls last, touchpoint_id asc nulls last
                ) as integer)
        end as order_number
    from identified
)

select * from numbered
