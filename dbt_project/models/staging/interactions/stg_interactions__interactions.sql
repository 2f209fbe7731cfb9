with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'interactions'), ['interaction_id']) }}
),

facts as (
    select
        source,
        interaction_id,
        occurred_at,
        channel as interaction_channel,
        event_name,
        direction,
        campaign,
        topic,
        outcome,
        customer_id,
        email_key,
        anonymous_id,
        delivered_on
    from latest
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
