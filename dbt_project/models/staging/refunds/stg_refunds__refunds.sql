with settings as (
    select * from {{ ref('stg_run__settings') }}
),

standing as (
    {{ standing_rows(source('raw', 'refunds'), ['refund_id']) }}
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
    from standing
    where refunded_at < (select settings.as_of from settings)
)

select * from facts
