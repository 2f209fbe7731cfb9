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
    {{ spans_of_rates('exchange_rates') }}
),

spend_rated as (
    select
        spend_days.source,
        spend_days.spend_date,
        spend_days.channel,
        spend_days.campaign,
        spend_days.amount,
        spend_days.currency,
        {{ rate_to_reporting('spend_days.currency') }} as rate
    from spend_days
    cross join settings
    left join rate_spans
        on {{ is_rate_of('spend_days.currency', 'spend_days.spend_date') }}
)

select * from spend_rated
