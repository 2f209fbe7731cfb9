with histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

expected as (
    select * from {{ ref('int_purchases_expected') }}
),

worths as (
    select * from {{ ref('int_purchase_worths_fitted') }}
),

expected_of_histories as (
    select
        repeat_purchases,
        recency_days,
        age_days,
        max(case when days_ahead = 90 then expected_purchases end) as expected_orders_90d,
        max(case when days_ahead = 365 then expected_purchases end) as expected_orders_365d
    from expected
    where span = 'whole'
    group by
        repeat_purchases,
        recency_days,
        age_days
),

-- everybody's mean and their own, weighted by how much is known of either
weighed as (
    select
        histories.person_id,
        histories.repeat_purchases,
        histories.recency_days,
        histories.age_days,
        worths.p * (worths.v + cast(histories.purchase_value as double))
        / (worths.p * histories.valued_purchases + worths.q - 1) as expected_worth
    from histories
    cross join worths
    where histories.span = 'whole'
),

valued as (
    select
        weighed.person_id,
        expected_of_histories.expected_orders_90d,
        expected_of_histories.expected_orders_365d,
        {{ money('expected_of_histories.expected_orders_365d * weighed.expected_worth') }}
            as expected_value_365d
    from weighed
    left join expected_of_histories
        on
            weighed.repeat_purchases = expected_of_histories.repeat_purchases
            and weighed.recency_days = expected_of_histories.recency_days
            and weighed.age_days = expected_of_histories.age_days
)

select * from valued
