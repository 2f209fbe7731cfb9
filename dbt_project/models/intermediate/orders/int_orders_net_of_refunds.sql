{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with settings as (
    select * from {{ source('run', 'settings') }}
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
        orders_named.currency as order_currency,
        coalesce(fed_refunds.currency, orders_named.currency) as currency,
        fed_refunds.refunded_at,
        fed_refunds.amount,
        fed_refunds.net_amount
    from fed_refunds
    cross join settings
    inner join orders_named on fed_refunds.order_id = orders_named.order_id
    where settings.orders_from = 'orders' and orders_named.same_number_rank = 1

    union all

    select
        orders_named.touchpoint_id,
        orders_named.currency as order_currency,
        coalesce(web_events.currency, orders_named.currency) as currency,
        web_events.occurred_at as refunded_at,
        coalesce(web_events.revenue, 0) as amount,
        cast(null as decimal(18, 2)) as net_amount
    from web_events
    cross join settings
    inner join orders_named
        on
            web_events.source = orders_named.source
            and web_events.order_id = orders_named.order_id
    where settings.orders_from = 'web' and web_events.event_name = 'refund'
),

rate_spans as (
    {{ spans_of_rates('exchange_rates') }}
),

refunds_rated as (
    select
        refunds.*,
        {{ rate_to_reporting('refunds.currency') }} as rate
    from refunds
    cross join settings
    left join rate_spans
        on {{ is_rate_of(
            'refunds.currency',
            local_date('refunds.refunded_at', 'settings.reporting_time_zone')
        ) }}
),

refunds_compared as (
    select
        refunds_rated.*,
        {{ rate_to_reporting('refunds_rated.order_currency') }} as order_rate
    from refunds_rated
    cross join settings
    left join rate_spans
        on {{ is_rate_of(
            'refunds_rated.order_currency',
            local_date('refunds_rated.refunded_at', 'settings.reporting_time_zone')
        ) }}
),

-- What was paid back, in the order's currency; nothing where a rate is missing.
refunds_converted as (
    select
        touchpoint_id,
        case
            when currency = order_currency then amount
            when order_rate > 0 then {{ money_share('amount', 'rate', 'order_rate', 8) }}
        end as amount,
        case
            when currency = order_currency then net_amount
            when order_rate > 0 then {{ money_share('net_amount', 'rate', 'order_rate', 8) }}
        end as net_amount
    from refunds_compared
),

refunds_summed as (
    select
        touchpoint_id,
        cast(sum(amount) as decimal(18, 2)) as refunded_amount,
        cast(sum(net_amount) as decimal(18, 2)) as refunded_net_amount,
        cast(sum(case when net_amount is null then amount end) as decimal(18, 2))
            as shared_amount,
        count(*) - count(amount) as unrated_refund_count
    from refunds_converted
    group by touchpoint_id
),

orders_refunded as (
    select
        orders_named.*,
        coalesce(refunds_summed.refunded_amount, 0) as refunded_amount,
        coalesce(refunds_summed.refunded_net_amount, 0) as refunded_net_amount,
        coalesce(refunds_summed.shared_amount, 0) as shared_amount,
        coalesce(refunds_summed.unrated_refund_count, 0) as unrated_refund_count,
        coalesce(orders_named.total_amount, orders_named.net_amount) as charged_amount
    from orders_named
    left join refunds_summed on orders_named.touchpoint_id = refunds_summed.touchpoint_id
),

-- The goods' share of a refund that does not tell it is that of the order.
orders_shared as (
    select
        *,
        refunded_net_amount
        + case
            when coalesce(total_amount, 0) > 0
                then {{ money_share('shared_amount', 'net_amount', 'total_amount') }}
            else shared_amount
        end as refunded_goods_amount
    from orders_refunded
),

orders_rated as (
    select
        orders_shared.*,
        {{ rate_to_reporting('orders_shared.currency') }} as rate,
        coalesce(orders_shared.status, '') not in ('failed', 'voided', 'cancelled')
        and (
            orders_shared.cancelled_at is null or orders_shared.cancelled_at >= settings.as_of
        ) as is_valid,
        coalesce(
            (
                orders_shared.charged_amount > 0
                and orders_shared.refunded_amount >= orders_shared.charged_amount
            )
            or (
                orders_shared.net_amount > 0
                and orders_shared.refunded_net_amount >= orders_shared.net_amount
            ),
            false
        ) as is_fully_refunded
    from orders_shared
    cross join settings
    left join rate_spans
        on {{ is_rate_of(
            'orders_shared.currency',
            local_date('orders_shared.ordered_at', 'settings.reporting_time_zone')
        ) }}
),

orders_net_of_refunds as (
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
        unrated_refund_count,
        rate,
        is_fully_refunded,
        is_valid and not is_fully_refunded as is_counted,
        case
            when rate is null then null
            when net_amount <= refunded_goods_amount then cast(0 as decimal(18, 2))
            else {{ money('(net_amount - refunded_goods_amount) * rate') }}
        end as net_revenue
    from orders_rated
)

select * from orders_net_of_refunds
