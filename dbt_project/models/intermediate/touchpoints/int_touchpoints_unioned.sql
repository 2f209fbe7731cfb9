{#- A view: it is read once, and five million rows are not worth writing twice. -#}
{{ config(materialized='view') }}

with web_events as (
    select * from {{ ref('stg_web__events') }}
),

email_events as (
    select * from {{ ref('stg_email__events') }}
),

orders as (
    select * from {{ ref('int_orders_settled') }}
),

feedback as (
    select * from {{ ref('stg_feedback__responses') }}
),

referrals as (
    select * from {{ ref('stg_referrals__referrals') }}
),

support_tickets as (
    select * from {{ ref('stg_support__tickets') }}
),

bots as (
    select * from {{ ref('int_bots_recognized') }}
),

traffic_sources as (
    select * from {{ ref('int_traffic_sources_classified') }}
),

outbound_touchpoints as (
    select * from {{ ref('outbound_touchpoints') }}
),

unioned as (
    -- A refund is the shop's act, whatever feed reports it: no touchpoint.
    select
        'web_events' as kind,
        web_events.source,
        web_events.event_id as key,
        web_events.occurred_at,
        web_events.anonymous_id,
        web_events.customer_id,
        web_events.email_key,
        'web:' || web_events.event_name as touchpoint,
        bots.user_agent is null as is_inbound,
        bots.user_agent is not null as is_bot,
        false as is_machine,
        true as is_web,
        cast(null as double) as score,
        traffic_sources.channel,
        web_events.utm_campaign as campaign,
        web_events.device,
        web_events.country,
        web_events.order_id
    from web_events
    left join bots on web_events.user_agent = bots.user_agent
    left join traffic_sources
        on {{ same_key('web_events', 'traffic_sources', [
            'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_parameter'
        ]) }}
    where web_events.event_name <> 'refund'

    union all

    select
        'email_events' as kind,
        email_events.source,
        email_events.event_id as key,
        email_events.occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        email_events.customer_id,
        email_events.email_key,
        'email:' || email_events.event_name as touchpoint,
        outbound_touchpoints.touchpoint is null as is_inbound,
        false as is_bot,
        email_events.is_machine,
        false as is_web,
        cast(null as double) as score,
        'email' as channel,
        email_events.campaign,
        cast(null as {{ dbt.type_string() }}) as device,
        cast(null as {{ dbt.type_string() }}) as country,
        cast(null as {{ dbt.type_string() }}) as order_id
    from email_events
    left join outbound_touchpoints
        on
            'email:' || email_events.event_name = outbound_touchpoints.touchpoint
            and (email_events.is_machine or not outbound_touchpoints.is_only_by_machine)

    union all

    select
        'orders' as kind,
        source,
        order_id as key,
        ordered_at as occurred_at,
        anonymous_id,
        customer_id,
        email_key,
        case when is_counted then 'order:placed' else 'order:cancelled' end as touchpoint,
        true as is_inbound,
        false as is_bot,
        false as is_machine,
        false as is_web,
        cast(null as double) as score,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as {{ dbt.type_string() }}) as device,
        cast(null as {{ dbt.type_string() }}) as country,
        order_id
    from orders

    union all

    select
        'feedback' as kind,
        source,
        feedback_id as key,
        occurred_at,
        anonymous_id,
        customer_id,
        email_key,
        'feedback:' || feedback_kind as touchpoint,
        true as is_inbound,
        false as is_bot,
        false as is_machine,
        false as is_web,
        score,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as {{ dbt.type_string() }}) as device,
        cast(null as {{ dbt.type_string() }}) as country,
        order_id
    from feedback

    union all

    select
        'referrals' as kind,
        source,
        referral_id as key,
        occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        referrer_customer_id as customer_id,
        cast(null as {{ dbt.type_string() }}) as email_key,
        'referral:sent' as touchpoint,
        true as is_inbound,
        false as is_bot,
        false as is_machine,
        false as is_web,
        cast(null as double) as score,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as {{ dbt.type_string() }}) as device,
        cast(null as {{ dbt.type_string() }}) as country,
        cast(null as {{ dbt.type_string() }}) as order_id
    from referrals

    union all

    select
        'support_tickets' as kind,
        source,
        ticket_id as key,
        opened_at as occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        customer_id,
        email_key,
        'support:opened' as touchpoint,
        true as is_inbound,
        false as is_bot,
        false as is_machine,
        false as is_web,
        cast(null as double) as score,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as {{ dbt.type_string() }}) as device,
        cast(null as {{ dbt.type_string() }}) as country,
        cast(null as {{ dbt.type_string() }}) as order_id
    from support_tickets
),

touchpoints as (
    select
        {{ touchpoint_id('kind', 'source', 'key') }} as touchpoint_id,
        *
    from unioned
)

select * from touchpoints
