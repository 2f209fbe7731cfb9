{#- A view: a look-up of a few user agents costs less than writing the events once more. -#}
{{ config(materialized='view') }}

with email_events as (
    select * from {{ ref('stg_email__events') }}
),

bots as (
    select * from {{ ref('int_bots_recognized') }}
),

-- A scanner may say who it is and the mail tool not look.
judged as (
    select
        email_events.source,
        email_events.event_id,
        email_events.occurred_at,
        email_events.email_key,
        email_events.customer_id,
        email_events.anonymous_id,
        email_events.event_name,
        email_events.campaign,
        email_events.experiment,
        email_events.variant,
        email_events.is_machine or bots.user_agent is not null as is_machine
    from email_events
    left join bots on email_events.user_agent = bots.user_agent
)

select * from judged
