with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'email_events'), ['event_id']) }}
),

facts as (
    select
        source,
        event_id,
        occurred_at,
        email_key,
        customer_id,
        anonymous_id,
        event_name,
        campaign,
        url,
        user_agent,
        coalesce(is_machine, false) as is_machine,
        experiment,
        variant,
        delivered_on
    from latest
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
