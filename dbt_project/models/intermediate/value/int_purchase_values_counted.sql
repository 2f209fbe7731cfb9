with histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

counted as (
    select
        valued_purchases,
        purchase_value,
        cast(count(*) as bigint) as buyers
    from histories
    where
        span = 'whole'
        and valued_purchases > 0
    group by valued_purchases, purchase_value
),

-- the fit adds in this order
sorted as (
    select *
    from counted
    order by valued_purchases asc nulls last, purchase_value asc nulls last
)

select * from sorted
