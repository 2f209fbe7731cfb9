{{ config(
    meta={'description': 'People with a counted order are the people who entered purchase'}
) }}

with orders as (
    select * from {{ ref('int_orders_identified') }}
),

entries as (
    select * from {{ ref('stage_entries') }}
),

buyers as (
    select distinct person_id
    from orders
    where is_counted
),

purchasers as (
    select distinct person_id
    from entries
    where stage = 'purchase'
),

compared as (
    select
        buyers.person_id as buyer_id,
        purchasers.person_id as purchaser_id
    from buyers
    full outer join purchasers
        on buyers.person_id = purchasers.person_id
),

unequal as (
    select *
    from compared
    where
        buyer_id is null
        or purchaser_id is null
)

select * from unequal
