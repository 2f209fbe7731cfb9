/*
# Cost by day and campaign, of a report that Google Ads writes as CSV: two lines above the header
# say what it is, and lines below the last day give totals. Several lines of a day and campaign (a
# report by ad group or device) are quarantined: one of them would stand for all.
reads: [csv]
required: [Day, Campaign, Cost]
where: not starts_with(coalesce("Day", "Campaign", "Campaign status", ''), 'Total')
columns:
    Day: varchar
    Campaign: varchar
    Campaign status: varchar
    Campaign type: varchar
    Currency code: varchar
    Currency: varchar
    Cost: varchar
    Impr.: varchar
    Impressions: varchar
    Clicks: varchar
*/
with spent as (
    select
        *,
        case
            when lower("Campaign type") like '%shopping%' then 'paid_shopping'
            when lower("Campaign type") like '%display%' then 'display'
            when lower("Campaign type") like '%video%' then 'paid_video'
            when lower("Campaign type") like '%search%' or "Campaign type" is null
                then 'paid_search'
            -- Performance Max, Demand Gen, App: over several channels, as the grouping has it.
            else 'other'
        end as channel
    from delivered
)

select
    _file,
    _row,
    "Day" as spend_date,
    channel,
    "Campaign" as campaign,
    case
        when count(*) over (partition by _file, "Day", channel, "Campaign") > 1
            then 'several lines of a day and campaign'
        else number_of_people("Cost")
    end as amount,
    coalesce("Currency code", "Currency") as currency,
    number_of_people(nullif(trim(coalesce("Impr.", "Impressions")), '--')) as impressions,
    number_of_people(nullif(trim("Clicks"), '--')) as clicks
from spent
