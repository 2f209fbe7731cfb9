with settings as (
    select * from {{ ref('stg_run__settings') }}
),

standing as (
    {{ standing_rows(source('raw', 'feedback'), ['feedback_id']) }}
),

facts as (
    select
        source,
        feedback_id,
        occurred_at,
        kind as feedback_kind,
        cast(score as double) as score,
        customer_id,
        email_key,
        anonymous_id,
        order_id,
        topic,
        delivered_on
    from standing
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
