-- Consent, of people who acted within the recent days and have a customer record: how many have
-- said whether they consent, and how many of those do. It is what records say by now.
with customers as (
    select marketing_consent
    from marts.people
    where
        person_id like 'cust:%'
        and last_touch_at > getvariable('as_of') - to_days(getvariable('recent_days'))
),

rated as (
    select
        'customers with a known consent' as figure,
        cast(count(marketing_consent) as double) / count(*) as value,
        count(*) as people
    from customers
    having count(*) > 0

    union all

    select
        'consent of customers' as figure,
        cast(count(case when marketing_consent then 1 end) as double) / count(*) as value,
        count(*) as people
    from customers
    where marketing_consent is not null
    having count(*) > 0
)

select * from rated
