{#- A view: five million rows are not worth writing more than once. -#}
{{ config(materialized='view', meta={'keyed_by': 'identifier'}) }}

{%- set text = typed_null(dbt.type_string()) -%}
{%- set columns = [
    ('kind', none), ('source', 'source'), ('key', none), ('occurred_at', 'occurred_at'),
    ('anonymous_id', text), ('customer_id', text), ('email_key', text),
    ('touchpoint', none), ('is_inbound', 'true'), ('is_bot', 'false'), ('is_machine', 'false'),
    ('is_web', 'false'), ('score', typed_null('double')), ('order_id', text),
    ('channel', text), ('campaign', text), ('device', text), ('country', text),
    ('referrer', text), ('utm_source', text), ('utm_medium', text), ('utm_campaign', text),
    ('click_parameter', text),
] -%}
{%- set identified = {
    'anonymous_id': 'anonymous_id', 'customer_id': 'customer_id', 'email_key': 'email_key'
} -%}

with web_events as (
    select * from {{ ref('stg_web__events') }}
),

email_events as (
    select * from {{ ref('stg_email__events') }}
),

orders as (
    select * from {{ ref('int_orders_net_of_refunds') }}
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

interactions as (
    select * from {{ ref('stg_interactions__interactions') }}
),

bots as (
    select * from {{ ref('int_bots_recognized') }}
),

outbound_touchpoints as (
    select * from {{ ref('outbound_touchpoints') }}
),

ruled_touchpoints as (
    select distinct touchpoint
    from {{ ref('stage_rules') }}
),

-- A refund is the shop's act, whatever feed reports it: no touchpoint.
web_events_judged as (
    select
        web_events.*,
        bots.user_agent is not null as is_bot
    from web_events
    left join bots on web_events.user_agent = bots.user_agent
    where web_events.event_name <> 'refund'
),

-- A scanner may say who it is and the mail tool not look.
email_events_judged as (
    select
        email_events.source,
        email_events.event_id,
        email_events.occurred_at,
        email_events.anonymous_id,
        email_events.customer_id,
        email_events.email_key,
        email_events.event_name,
        email_events.campaign,
        email_events.is_machine or bots.user_agent is not null as is_machine
    from email_events
    left join bots on email_events.user_agent = bots.user_agent
),

-- What a tool calls by a name of its own is a person's act where a stage rule names it.
email_events_directed as (
    select
        email_events_judged.*,
        outbound_touchpoints.touchpoint is null
        and (
            email_events_judged.event_name in ({{ acts_on_emails() }})
            or ruled_touchpoints.touchpoint is not null
        ) as is_inbound
    from email_events_judged
    left join outbound_touchpoints
        on
            'email:' || email_events_judged.event_name = outbound_touchpoints.touchpoint
            and (email_events_judged.is_machine or not outbound_touchpoints.is_only_by_machine)
    left join ruled_touchpoints
        on 'email:' || email_events_judged.event_name = ruled_touchpoints.touchpoint
),

touchpoints as (
    select
        {{ union_part(columns, dict(
            identified,
            kind="'web_events'", key='event_id', touchpoint="'web:' || event_name",
            is_inbound='not is_bot', is_bot='is_bot', is_web='true',
            order_id=given_value('order_id'), campaign=given_value('utm_campaign'),
            device='device', country='country', referrer='referrer',
            utm_source='utm_source', utm_medium='utm_medium', utm_campaign='utm_campaign',
            click_parameter='click_parameter'
        )) }}
    from web_events_judged

    union all

    select
        {{ union_part(columns, dict(
            identified,
            kind="'email_events'", key='event_id', touchpoint="'email:' || event_name",
            is_inbound='is_inbound', is_machine='is_machine',
            channel="'email'", campaign='campaign'
        )) }}
    from email_events_directed

    union all

    select
        {{ union_part(columns, dict(
            identified,
            kind="'orders'", key='order_id', occurred_at='ordered_at', order_id='order_id',
            touchpoint="case when is_counted then 'order:placed' else 'order:cancelled' end"
        )) }}
    from orders

    union all

    select
        {{ union_part(columns, dict(
            identified,
            kind="'feedback'", key='feedback_id', touchpoint="'feedback:' || feedback_kind",
            score='score', order_id='order_id'
        )) }}
    from feedback

    union all

    select
        {{ union_part(columns, dict(
            kind="'referrals'", key='referral_id', touchpoint="'referral:sent'",
            customer_id='referrer_customer_id'
        )) }}
    from referrals

    union all

    select
        {{ union_part(columns, dict(
            kind="'support_tickets'", key='ticket_id', occurred_at='opened_at',
            touchpoint="'support:opened'", customer_id='customer_id', email_key='email_key'
        )) }}
    from support_tickets

    union all

    -- Of their channels, those that are channels of traffic too.
    select
        {{ union_part(columns, dict(
            identified,
            kind="'interactions'", key='interaction_id',
            touchpoint="interaction_channel || ':' || event_name",
            is_inbound="direction = 'inbound'", campaign='campaign',
            channel="case when interaction_channel in ('sms', 'push') then interaction_channel end"
        )) }}
    from interactions
)

select * from touchpoints
