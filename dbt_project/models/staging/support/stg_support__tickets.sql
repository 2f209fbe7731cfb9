with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'support_tickets'), ['ticket_id']) }}
),

facts as (
    select
        source,
        ticket_id,
        opened_at,
        closed_at,
        customer_id,
        email_key,
        topic,
        channel as support_channel,
        delivered_on
    from latest
    where opened_at < (select settings.as_of from settings)
)

select * from facts
