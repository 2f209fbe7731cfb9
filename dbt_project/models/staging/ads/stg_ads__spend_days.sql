with settings as (
    select * from {{ ref('stg_run__settings') }}
),

standing as (
    {{ standing_rows(source('raw', 'ad_spend'), ['spend_date', 'channel', 'campaign']) }}
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
    from standing
    where cast(spend_date as {{ dbt.type_timestamp() }}) < (select settings.as_of from settings)
)

select * from facts
