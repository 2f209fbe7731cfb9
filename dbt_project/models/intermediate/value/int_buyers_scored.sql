with orders as (
    select * from {{ ref('int_orders_identified') }}
),

summed as (
    select
        person_id,
        cast(count(*) as integer) as order_count,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 2)) as net_revenue,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at
    from orders
    where is_counted
    group by person_id
),

scored as (
    select
        *,
        {{ score('last_order_at') }} as recency_score,
        {{ score('order_count') }} as frequency_score,
        {{ score('net_revenue') }} as monetary_score
    from summed
)

select * from scored
