-- Identity, visits and channels are looked up beside the touchpoints: no look-up may drop or repeat
-- one. Every delivered row of a kind is a touchpoint but refunds on the web and test orders.
with touchpoints as (
    select
        kind,
        count(*) as row_count
    from {{ ref('int_touchpoints_sessionized') }}
    group by kind
),

facts as (
    select
        'web_events' as kind,
        count(*) as row_count
    from {{ ref('stg_web__events') }}
    where event_name <> 'refund'

    union all

    select
        'email_events' as kind,
        count(*) as row_count
    from {{ ref('stg_email__events') }}

    union all

    select
        'orders' as kind,
        count(*) as row_count
    from {{ ref('int_orders_net_of_refunds') }}

    union all

    select
        'feedback' as kind,
        count(*) as row_count
    from {{ ref('stg_feedback__responses') }}

    union all

    select
        'referrals' as kind,
        count(*) as row_count
    from {{ ref('stg_referrals__referrals') }}

    union all

    select
        'support_tickets' as kind,
        count(*) as row_count
    from {{ ref('stg_support__tickets') }}

    union all

    select
        'interactions' as kind,
        count(*) as row_count
    from {{ ref('stg_interactions__interactions') }}
),

differences as (
    select
        facts.kind,
        facts.row_count as fact_count,
        touchpoints.row_count as touchpoint_count
    from facts
    left join touchpoints on facts.kind = touchpoints.kind
    where facts.row_count <> coalesce(touchpoints.row_count, 0)
)

select * from differences
