with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'orders'), ['order_id']) }}
),

facts as (
    select
        source,
        order_id,
        ordered_at,
        customer_id,
        email_key,
        anonymous_id,
        case when status not in ({{ order_statuses() }}) then 'placed' else status end as status,
        case when status not in ({{ order_statuses() }}) then status end as unknown_status,
        net_amount,
        total_amount,
        discount_amount,
        tax_amount,
        shipping_amount,
        currency,
        coupon,
        channel_hint,
        cancelled_at,
        coalesce(is_test, false) as is_test,
        delivered_on
    from latest
    where ordered_at < (select settings.as_of from settings)
)

select * from facts
