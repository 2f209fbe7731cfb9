{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with settings as (
    select * from {{ ref('stg_run__settings') }}
),

fed_orders as (
    select * from {{ ref('stg_orders__orders') }}
),

fed_refunds as (
    select * from {{ ref('stg_refunds__refunds') }}
),

web_events as (
    select * from {{ ref('stg_web__events') }}
),

bots as (
    select * from {{ ref('int_bots_recognized') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

web_purchases as (
    select
        web_events.*,
        {{ web_order_id('web_events') }} as own_order_id
    from web_events
    cross join settings
    left join bots on web_events.user_agent = bots.user_agent
    where
        settings.orders_from = 'web'
        and web_events.event_name = 'purchase'
        and bots.user_agent is null
),

web_purchases_ranked as (
    select
        *,
        row_number() over (
            partition by source, own_order_id
            order by occurred_at asc nulls last, event_id asc nulls last
        ) as purchase_rank
    from web_purchases
),

orders as (
    select
        fed_orders.source,
        fed_orders.order_id,
        fed_orders.ordered_at,
        fed_orders.anonymous_id,
        fed_orders.customer_id,
        fed_orders.email_key,
        fed_orders.status,
        fed_orders.currency,
        fed_orders.coupon,
        fed_orders.net_amount,
        fed_orders.total_amount,
        fed_orders.cancelled_at
    from fed_orders
    cross join settings
    where settings.orders_from = 'orders' and not fed_orders.is_test

    union all

    select
        web_purchases_ranked.source,
        web_purchases_ranked.own_order_id as order_id,
        web_purchases_ranked.occurred_at as ordered_at,
        web_purchases_ranked.anonymous_id,
        web_purchases_ranked.customer_id,
        web_purchases_ranked.email_key,
        'placed' as status,
        coalesce(web_purchases_ranked.currency, settings.reporting_currency) as currency,
        cast(null as {{ dbt.type_string() }}) as coupon,
        coalesce(web_purchases_ranked.revenue, 0) as net_amount,
        cast(null as decimal(18, 2)) as total_amount,
        cast(null as {{ dbt.type_timestamp() }}) as cancelled_at
    from web_purchases_ranked
    cross join settings
    where web_purchases_ranked.purchase_rank = 1
),

orders_named as (
    select
        *,
        {{ touchpoint_id("'orders'", 'source', 'order_id') }} as touchpoint_id,
        -- Two feeds may number their orders alike; a refund is taken off one of them only.
        row_number() over (
            partition by order_id
            order by ordered_at asc nulls last, source asc nulls last
        ) as same_number_rank
    from orders
),

refunds as (
    select
        orders_named.touchpoint_id,
        fed_refunds.amount
    from fed_refunds
    cross join settings
    inner join orders_named on fed_refunds.order_id = orders_named.order_id
    where settings.orders_from = 'orders' and orders_named.same_number_rank = 1

    union all

    select
        orders_named.touchpoint_id,
        coalesce(web_events.revenue, 0) as amount
    from web_events
    cross join settings
    inner join orders_named
        on
            web_events.source = orders_named.source
            and web_events.order_id = orders_named.order_id
    where settings.orders_from = 'web' and web_events.event_name = 'refund'
),

refunds_summed as (
    select
        touchpoint_id,
        cast(sum(amount) as decimal(18, 2)) as refunded_amount
    from refunds
    group by touchpoint_id
),

rate_spans as (
    {{ spans_of_rates('exchange_rates') }}
),

orders_rated as (
    select
        orders_named.*,
        coalesce(refunds_summed.refunded_amount, 0) as refunded_amount,
        case
            when orders_named.currency = settings.reporting_currency then 1
            else rate_spans.rate
        end as rate,
        coalesce(orders_named.status, '') not in ('failed', 'voided', 'cancelled')
        and (
            orders_named.cancelled_at is null or orders_named.cancelled_at >= settings.as_of
        ) as is_valid,
        coalesce(
            coalesce(orders_named.total_amount, orders_named.net_amount) > 0
            and coalesce(refunds_summed.refunded_amount, 0)
            >= coalesce(orders_named.total_amount, orders_named.net_amount),
            false
        ) as is_fully_refunded
    from orders_named
    cross join settings
    left join refunds_summed on orders_named.touchpoint_id = refunds_summed.touchpoint_id
    left join rate_spans
        on {{ is_rate_of(
            'orders_named.currency',
            local_date('orders_named.ordered_at', 'settings.reporting_time_zone')
        ) }}
),

orders_settled as (
    select
        touchpoint_id,
        source,
        order_id,
        ordered_at,
        anonymous_id,
        customer_id,
        email_key,
        status,
        currency,
        coupon,
        net_amount,
        refunded_amount,
        rate is not null as has_rate,
        is_fully_refunded,
        is_valid and not is_fully_refunded as is_counted,
        case
            when rate is null then null
            when net_amount <= refunded_amount then cast(0 as decimal(18, 2))
            else {{ money('(net_amount - refunded_amount) * rate') }}
        end as net_revenue
    from orders_rated
)

select * from orders_settled
