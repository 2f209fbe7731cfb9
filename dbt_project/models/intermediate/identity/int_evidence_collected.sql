with settings as (
    select * from {{ ref('stg_run__settings') }}
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

customer_versions as (
    select * from {{ ref('stg_customers__versions') }}
),

evidence as (
    select
        'web_events' as kind,
        source,
        event_id as key,
        occurred_at,
        anonymous_id,
        customer_id,
        email_key
    from web_events
    where {{ has_two_identifiers() }}

    union all

    select
        'email_events' as kind,
        source,
        event_id as key,
        occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        customer_id,
        email_key
    from email_events
    where customer_id is not null and email_key is not null

    union all

    -- A test order is nothing, so it says nothing about people either.
    select
        'orders' as kind,
        source,
        order_id as key,
        ordered_at as occurred_at,
        anonymous_id,
        customer_id,
        email_key
    from orders
    where not is_test and {{ has_two_identifiers() }}

    union all

    select
        'feedback' as kind,
        source,
        feedback_id as key,
        occurred_at,
        anonymous_id,
        customer_id,
        email_key
    from feedback
    where {{ has_two_identifiers() }}

    union all

    -- The referrer is another person: only the two identifiers of the referred one are evidence.
    select
        'referrals' as kind,
        source,
        referral_id as key,
        occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        referred_customer_id as customer_id,
        referred_email_key as email_key
    from referrals
    where referred_customer_id is not null and referred_email_key is not null

    union all

    select
        'support_tickets' as kind,
        source,
        ticket_id as key,
        opened_at as occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        customer_id,
        email_key
    from support_tickets
    where customer_id is not null and email_key is not null

    union all

    select
        'customers' as kind,
        source,
        customer_id as key,
        coalesce(created_at, updated_at) as occurred_at,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        customer_id,
        email_key
    from customer_versions
    where email_key is not null
),

facts as (
    select *
    from evidence
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
