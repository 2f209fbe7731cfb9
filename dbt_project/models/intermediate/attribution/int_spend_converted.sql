with spend_days as (
    select
        *,
        -- Large amounts times eight decimals outgrow eighteen digits.
        cast(amount as decimal(20, 2)) as wide_amount
    from {{ ref('int_spend_days_rated') }}
),

spend_months as (
    select
        {{ period_start('month', 'spend_date') }} as spend_month,
        channel,
        cast(sum({{ money('wide_amount * rate') }}) as decimal(18, 2)) as cost
    from spend_days
    where rate is not null
    group by {{ period_start('month', 'spend_date') }}, channel
)

select * from spend_months
