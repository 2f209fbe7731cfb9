with settings as (
    select * from {{ ref('stg_run__settings') }}
),

standing as (
    {{ standing_rows(source('raw', 'support_tickets'), ['ticket_id']) }}
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
    from standing
    where opened_at < (select settings.as_of from settings)
)

select * from facts
