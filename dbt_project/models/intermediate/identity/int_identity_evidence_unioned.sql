{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

{%- set text = typed_null(dbt.type_string()) -%}
{%- set columns = [
    ('kind', none), ('source', 'source'), ('key', none), ('occurred_at', 'occurred_at'),
    ('anonymous_id', text), ('customer_id', 'customer_id'), ('email_key', 'email_key'),
] %}

with settings as (
    select * from {{ source('run', 'settings') }}
),

web_events as (
    select * from {{ ref('stg_web__events') }}
),

email_events as (
    select * from {{ ref('stg_email__events') }}
),

orders as (
    select * from {{ ref('stg_orders__orders') }}
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

customer_versions as (
    select * from {{ ref('stg_customers__versions') }}
),

carriers as (
    select
        {{ union_part(columns, dict(
            kind="'web_events'", key='event_id', anonymous_id='anonymous_id'
        )) }}
    from web_events

    union all

    select
        {{ union_part(columns, dict(
            kind="'email_events'", key='event_id', anonymous_id='anonymous_id'
        )) }}
    from email_events

    union all

    -- A test order is nothing, and so is the feed where web events are the orders.
    select
        {{ union_part(columns, dict(
            kind="'orders'", key='order_id', occurred_at='ordered_at', anonymous_id='anonymous_id'
        )) }}
    from orders
    where not is_test and (select settings.orders_from from settings) = 'orders'

    union all

    select
        {{ union_part(columns, dict(
            kind="'feedback'", key='feedback_id', anonymous_id='anonymous_id'
        )) }}
    from feedback

    union all

    -- The referrer is another person: only the two identifiers of the referred one are evidence.
    select
        {{ union_part(columns, dict(
            kind="'referrals'", key='referral_id',
            customer_id='referred_customer_id', email_key='referred_email_key'
        )) }}
    from referrals

    union all

    select
        {{ union_part(columns, dict(
            kind="'support_tickets'", key='ticket_id', occurred_at='opened_at'
        )) }}
    from support_tickets

    union all

    select
        {{ union_part(columns, dict(
            kind="'interactions'", key='interaction_id', anonymous_id='anonymous_id'
        )) }}
    from interactions

    union all

    select
        {{ union_part(columns, dict(
            kind="'customers'", key='customer_id', occurred_at='coalesce(created_at, updated_at)'
        )) }}
    from customer_versions
),

evidence as (
    select *
    from carriers
    where
        occurred_at < (select settings.as_of from settings)
        and (
            (customer_id is not null and (anonymous_id is not null or email_key is not null))
            or (anonymous_id is not null and email_key is not null)
        )
)

select * from evidence
