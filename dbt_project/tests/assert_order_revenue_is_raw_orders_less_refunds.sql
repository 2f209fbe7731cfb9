-- In the reporting currency, where no rate comes between: what people brought in is what was
-- ordered less the goods' share of what was paid back, counted again from the delivered orders.
-- Orders whose number two feeds share, refunds in another currency, and web purchases are left to
-- the unit tests.
with settings as (
    select * from {{ source('run', 'settings') }}
),

orders_identified as (
    select * from {{ ref('int_orders_identified') }}
),

orders as (
    select * from {{ ref('stg_orders__orders') }}
),

refunds as (
    select * from {{ ref('stg_refunds__refunds') }}
),

shared_numbers as (
    select order_id
    from orders
    group by order_id
    having count(*) > 1

    union

    select refunds.order_id
    from refunds
    cross join settings
    where refunds.currency <> settings.reporting_currency
),

paid_back as (
    select
        order_id,
        sum(amount) as amount,
        coalesce(sum(net_amount), 0) as goods_amount,
        sum(case when net_amount is null then amount else 0 end) as unshared_amount
    from refunds
    group by order_id
),

raw_orders as (
    select
        orders.net_amount,
        coalesce(orders.total_amount, orders.net_amount) as charged_amount,
        coalesce(paid_back.amount, 0) as paid_back_amount,
        coalesce(paid_back.goods_amount, 0) as goods_amount,
        coalesce(
            case
                when orders.total_amount > 0
                    then
                        paid_back.goods_amount
                        + {{ money_share(
                            'paid_back.unshared_amount', 'orders.net_amount', 'orders.total_amount'
                        ) }}
                else paid_back.goods_amount + paid_back.unshared_amount
            end,
            0
        ) as goods_share
    from orders
    cross join settings
    left join paid_back on orders.order_id = paid_back.order_id
    left join shared_numbers on orders.order_id = shared_numbers.order_id
    where
        not orders.is_test
        and coalesce(orders.status, '') not in ('failed', 'voided', 'cancelled')
        and (orders.cancelled_at is null or orders.cancelled_at >= settings.as_of)
        and orders.currency = settings.reporting_currency
        and settings.orders_from = 'orders'
        and shared_numbers.order_id is null
),

recounted as (
    select
        count(*) as order_count,
        coalesce(sum(greatest(net_amount - goods_share, 0)), 0) as net_revenue
    from raw_orders
    where
        not (charged_amount > 0 and paid_back_amount >= charged_amount)
        and not (net_amount > 0 and goods_amount >= net_amount)
),

built as (
    select
        count(*) as order_count,
        coalesce(sum(orders_identified.net_revenue), 0) as net_revenue
    from orders_identified
    cross join settings
    left join shared_numbers on orders_identified.order_id = shared_numbers.order_id
    where
        orders_identified.order_number is not null
        and orders_identified.currency = settings.reporting_currency
        and settings.orders_from = 'orders'
        and shared_numbers.order_id is null
),

differences as (
    select
        recounted.order_count as recounted_orders,
        built.order_count as built_orders,
        recounted.net_revenue as recounted_revenue,
        built.net_revenue as built_revenue
    from recounted
    cross join built
    where
        recounted.order_count <> built.order_count
        or recounted.net_revenue <> built.net_revenue
)

select * from differences
