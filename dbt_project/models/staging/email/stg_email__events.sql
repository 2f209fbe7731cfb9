{#- A table: many models read few columns of its millions of rows. -#}
{{ config(
    materialized='table',
    pre_hook=keep_join_sides(), post_hook=free_join_sides(),
    meta={'keyed_by_row': 'event_id'}
) }}

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
