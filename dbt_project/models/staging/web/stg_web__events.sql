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
    {{ latest_versions(source('raw', 'web_events'), ['event_id']) }}
),

facts as (
    select
        source,
        event_id,
        occurred_at,
        received_at,
        anonymous_id,
        customer_id,
        email_key,
        event_name,
        page_url,
        page_path,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        click_id,
        -- The kind of click id, where its parameter is named (`gclid:…`); the value never matters.
        case
            when click_id like '%:%' then lower({{ dbt.split_part('click_id', "':'", 1) }})
            when click_id is not null then '*'
        end as click_parameter,
        device,
        country,
        user_agent,
        order_id,
        revenue,
        currency,
        experiment,
        variant,
        properties,
        delivered_on
    from latest
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
