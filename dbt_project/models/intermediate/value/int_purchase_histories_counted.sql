with histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

counted as (
    select
        span,
        repeat_purchases,
        recency_days,
        age_days,
        cast(count(*) as bigint) as buyers
    from histories
    group by
        span,
        repeat_purchases,
        recency_days,
        age_days
),

-- the fit adds in this order
sorted as (
    select *
    from counted
    order by
        span asc nulls last,
        repeat_purchases asc nulls last,
        recency_days asc nulls last,
        age_days asc nulls last
)

select * from sorted
