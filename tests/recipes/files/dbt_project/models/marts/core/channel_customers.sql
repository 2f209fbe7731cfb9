with people as (
    select * from {{ ref('people') }}
),

counted as (
    select
        acquisition_channel,
        cast(count(*) as bigint) as people,
        cast(count(first_order_at) as bigint) as customers
    from people
    group by acquisition_channel
),

sorted as (
    select
        acquisition_channel,
        people,
        customers
    from counted
    order by acquisition_channel asc nulls last
)

select * from sorted
