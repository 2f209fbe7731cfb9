/*
# Spend by day and campaign, of Microsoft Advertising's campaign report as CSV, by the names that
# its API gives columns or those of its pages: lines above the header say what the report is, lines
# of a total follow. Several lines of a day and campaign are quarantined: one would stand for all.
reads: [csv]
required: [Spend]
where: >-
    coalesce("TimePeriod", "Gregorian date", "Day", "Date") is not null
    and not regexp_matches(
        coalesce("TimePeriod", "Gregorian date", "Day", "Date"), '^(Overall )?[Tt]otal'
    )
columns:
    TimePeriod: varchar
    Gregorian date: varchar
    Day: varchar
    Date: varchar
    CampaignName: varchar
    Campaign: varchar
    Campaign name: varchar
    CampaignType: varchar
    Campaign type: varchar
    CurrencyCode: varchar
    Currency code: varchar
    Spend: varchar
    Impressions: varchar
    Impr.: varchar
    Clicks: varchar
*/
with described as (
    select
        *,
        coalesce("TimePeriod", "Gregorian date", "Day", "Date") as spend_date,
        coalesce("CampaignName", "Campaign", "Campaign name") as campaign_name,
        lower(coalesce("CampaignType", "Campaign type", 'search')) as campaign_type
    from delivered
),

spent as (
    select
        *,
        case
            when campaign_type like '%shopping%' then 'paid_shopping'
            when campaign_type like '%audience%' then 'display'
            when campaign_type like '%search%' then 'paid_search'
            else 'other'
        end as channel
    from described
)

select
    _file,
    _row,
    spend_date,
    channel,
    campaign_name as campaign,
    case
        when count(*) over (partition by _file, spend_date, channel, campaign_name) > 1
            then 'several lines of a day and campaign'
        else number_of_people("Spend")
    end as amount,
    coalesce("CurrencyCode", "Currency code") as currency,
    number_of_people(coalesce("Impressions", "Impr.")) as impressions,
    number_of_people("Clicks") as clicks
from spent
