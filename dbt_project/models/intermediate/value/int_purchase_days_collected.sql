with orders as (
    select * from {{ ref('int_orders_identified') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

counted_orders as (
    select
        orders.person_id,
        {{ local_date('orders.ordered_at', 'settings.reporting_time_zone') }} as purchase_date,
        orders.net_revenue
    from orders
    cross join settings
    where orders.is_counted
),

collected as (
    select
        person_id,
        purchase_date,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 2)) as net_revenue
    from counted_orders
    group by person_id, purchase_date
)

select * from collected
