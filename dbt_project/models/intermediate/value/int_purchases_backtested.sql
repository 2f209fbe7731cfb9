with histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

expected as (
    select * from {{ ref('int_purchases_expected') }}
),

-- decimals: a sum of doubles depends on the order in which they are added
compared as (
    select
        expected.days_ahead,
        {{ decimal_of_double('expected.expected_purchases', 28, 12) }} as predicted,
        histories.later_purchases as actual
    from histories
    inner join expected
        on
            histories.span = expected.span
            and histories.repeat_purchases = expected.repeat_purchases
            and histories.recency_days = expected.recency_days
            and histories.age_days = expected.age_days
    where histories.span = 'first_half'
),

summed as (
    select
        cast(max(days_ahead) as {{ dbt.type_int() }}) as days_ahead,
        cast(count(*) as bigint) as buyers,
        cast(sum(predicted) as double) as predicted_purchases,
        cast(sum(actual) as bigint) as actual_purchases,
        cast(sum(abs(predicted - actual)) as double) as absolute_error
    from compared
),

backtested as (
    select
        days_ahead,
        buyers,
        predicted_purchases,
        actual_purchases,
        predicted_purchases / nullif(actual_purchases, 0) - 1 as relative_error,
        absolute_error / nullif(buyers, 0) as mean_absolute_error
    from summed
)

select * from backtested
