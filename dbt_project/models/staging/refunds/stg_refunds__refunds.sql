with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'refunds'), ['refund_id']) }}
),

facts as (
    select
        source,
        refund_id,
        order_id,
        refunded_at,
        amount,
        net_amount,
        currency,
        delivered_on
    from latest
    where refunded_at < (select settings.as_of from settings)
)

select * from facts
