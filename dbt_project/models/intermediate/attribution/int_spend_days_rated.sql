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
        spend_days.source,
        spend_days.spend_date,
        spend_days.channel,
        spend_days.campaign,
        spend_days.amount,
        spend_days.currency,
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
)

select * from spend_rated
