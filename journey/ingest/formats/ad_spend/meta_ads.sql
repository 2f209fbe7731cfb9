/*
# Spend by day and campaign, of an export of Meta's Ads Manager as CSV, broken down by day. The
# column of the amount has the currency in its name. The line of the account's total names no
# campaign. Several lines of a day and campaign (ad sets, ads) are quarantined: one would stand for
# all.
reads: [csv]
required: [Campaign name, Reporting starts, Reporting ends]
where: '"Campaign name" is not null'
columns:
    Campaign name: varchar
    Day: varchar
    Reporting starts: varchar
    Reporting ends: varchar
    Impressions: varchar
    Link clicks: varchar
    Clicks (all): varchar
    Currency: varchar
    Amount spent (USD): varchar
    Amount spent (EUR): varchar
    Amount spent (GBP): varchar
    Amount spent (CHF): varchar
    Amount spent (SEK): varchar
    Amount spent (NOK): varchar
    Amount spent (DKK): varchar
    Amount spent (PLN): varchar
    Amount spent (CZK): varchar
    Amount spent (HUF): varchar
    Amount spent (RON): varchar
    Amount spent (CAD): varchar
    Amount spent (AUD): varchar
    Amount spent (NZD): varchar
    Amount spent (JPY): varchar
    Amount spent (CNY): varchar
    Amount spent (INR): varchar
    Amount spent (BRL): varchar
    Amount spent (MXN): varchar
    Amount spent (ZAR): varchar
    Amount spent (TRY): varchar
    Amount spent (ILS): varchar
    Amount spent (AED): varchar
    Amount spent (SGD): varchar
    Amount spent (HKD): varchar
    Amount spent (KRW): varchar
*/
with described as (
    select
        *,
        -- A line of more days than one is the spend of none of them.
        case
            when "Day" is not null then "Day"
            when "Reporting starts" = "Reporting ends" then "Reporting starts"
            else "Reporting starts" || ' to ' || "Reporting ends"
        end as spend_date,
        coalesce(
            "Amount spent (USD)",
            "Amount spent (EUR)",
            "Amount spent (GBP)",
            "Amount spent (CHF)",
            "Amount spent (SEK)",
            "Amount spent (NOK)",
            "Amount spent (DKK)",
            "Amount spent (PLN)",
            "Amount spent (CZK)",
            "Amount spent (HUF)",
            "Amount spent (RON)",
            "Amount spent (CAD)",
            "Amount spent (AUD)",
            "Amount spent (NZD)",
            "Amount spent (JPY)",
            "Amount spent (CNY)",
            "Amount spent (INR)",
            "Amount spent (BRL)",
            "Amount spent (MXN)",
            "Amount spent (ZAR)",
            "Amount spent (TRY)",
            "Amount spent (ILS)",
            "Amount spent (AED)",
            "Amount spent (SGD)",
            "Amount spent (HKD)",
            "Amount spent (KRW)"
        ) as spent
    from delivered
)

select
    _file,
    _row,
    spend_date,
    'paid_social' as channel,
    "Campaign name" as campaign,
    case
        when count(*) over (partition by _file, spend_date, "Campaign name") > 1
            then 'several lines of a day and campaign'
        else number_of_people(spent)
    end as amount,
    case
        when "Amount spent (USD)" is not null then 'USD'
        when "Amount spent (EUR)" is not null then 'EUR'
        when "Amount spent (GBP)" is not null then 'GBP'
        when "Amount spent (CHF)" is not null then 'CHF'
        when "Amount spent (SEK)" is not null then 'SEK'
        when "Amount spent (NOK)" is not null then 'NOK'
        when "Amount spent (DKK)" is not null then 'DKK'
        when "Amount spent (PLN)" is not null then 'PLN'
        when "Amount spent (CZK)" is not null then 'CZK'
        when "Amount spent (HUF)" is not null then 'HUF'
        when "Amount spent (RON)" is not null then 'RON'
        when "Amount spent (CAD)" is not null then 'CAD'
        when "Amount spent (AUD)" is not null then 'AUD'
        when "Amount spent (NZD)" is not null then 'NZD'
        when "Amount spent (JPY)" is not null then 'JPY'
        when "Amount spent (CNY)" is not null then 'CNY'
        when "Amount spent (INR)" is not null then 'INR'
        when "Amount spent (BRL)" is not null then 'BRL'
        when "Amount spent (MXN)" is not null then 'MXN'
        when "Amount spent (ZAR)" is not null then 'ZAR'
        when "Amount spent (TRY)" is not null then 'TRY'
        when "Amount spent (ILS)" is not null then 'ILS'
        when "Amount spent (AED)" is not null then 'AED'
        when "Amount spent (SGD)" is not null then 'SGD'
        when "Amount spent (HKD)" is not null then 'HKD'
        when "Amount spent (KRW)" is not null then 'KRW'
        else "Currency"
    end as currency,
    number_of_people("Impressions") as impressions,
    number_of_people(coalesce("Link clicks", "Clicks (all)")) as clicks
from described
