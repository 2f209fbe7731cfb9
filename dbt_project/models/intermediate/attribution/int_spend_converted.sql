with spend_days as (
    select * from {{ ref('stg_ads__spend_days') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

rate_spans as (
    select
        currency,
        reporting_currency,
        rate,
        rate_date,
        lead(rate_date) over (
            partition by currency, reporting_currency
            order by rate_date asc nulls last
        ) as next_rate_date
    from exchange_rates
),

spend_rated as (
    select
        spend_days.spend_date,
        spend_days.channel,
        -- Large amounts times eight decimals outgrow eighteen digits.
        cast(spend_days.amount as decimal(20, 2)) as amount,
        case
            when spend_days.currency = settings.reporting_currency then 1
            else rate_spans.rate
        end as rate
    from spend_days
    cross join settings
    left join rate_spans
        on
            spend_days.currency = rate_spans.currency
            and settings.reporting_currency = rate_spans.reporting_currency
            and spend_days.spend_date >= rate_spans.rate_date
            and (
                rate_spans.next_rate_date is null
                or spend_days.spend_date < rate_spans.next_rate_date
            )
),

spend_months as (
    select
        {{ period_start('month', 'spend_date') }} as spend_month,
        channel,
        cast(sum({{ money('amount * rate') }}) as decimal(18, 2)) as cost
    from spend_rated
    where rate is not null
    group by {{ period_start('month', 'spend_date') }}, channel
)

select * from spend_months
