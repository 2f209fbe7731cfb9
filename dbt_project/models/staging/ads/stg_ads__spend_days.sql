with settings as (
    select * from {{ source('run', 'settings') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

latest as (
    {{ latest_versions(source('raw', 'ad_spend'), ['spend_date', 'channel', 'campaign']) }}
),

rate_spans as (
    {{ spans_of_rates('exchange_rates') }}
),

facts as (
    select
        latest.source,
        latest.spend_date,
        latest.channel,
        latest.campaign,
        latest.amount,
        latest.currency,
        {{ rate_to_reporting('latest.currency') }} as rate,
        latest.impressions,
        latest.clicks,
        latest.delivered_on
    from latest
    cross join settings
    left join rate_spans
        on {{ is_rate_of('latest.currency', 'latest.spend_date') }}
    where cast(latest.spend_date as {{ dbt.type_timestamp() }}) < settings.as_of
)

select * from facts
