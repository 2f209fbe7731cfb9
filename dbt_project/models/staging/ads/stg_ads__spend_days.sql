with settings as (
    select * from {{ ref('stg_run__settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'ad_spend'), ['spend_date', 'channel', 'campaign']) }}
),

facts as (
    select
        source,
        spend_date,
        channel,
        campaign,
        amount,
        currency,
        impressions,
        clicks,
        delivered_on
    from latest
    where cast(spend_date as {{ dbt.type_timestamp() }}) < (select settings.as_of from settings)
)

select * from facts
