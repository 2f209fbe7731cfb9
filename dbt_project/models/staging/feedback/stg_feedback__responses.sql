with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'feedback'), ['feedback_id']) }}
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
    from latest
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
