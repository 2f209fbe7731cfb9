with exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

repeated as (
    select
        rate_date,
        currency,
        reporting_currency
    from exchange_rates
    group by rate_date, currency, reporting_currency
    having count(*) > 1
)

select * from repeated
