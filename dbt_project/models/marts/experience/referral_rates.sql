with people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

days as (
    select * from {{ ref('days') }}
),

referrals as (
    select * from {{ ref('stg_referrals__referrals') }}
),

emails_owned as (
    select * from {{ ref('int_emails_owned') }}
),

referred as (
    select
        occurred_at,
        'cust:' || referrer_customer_id as referrer_person_id,
        referred_customer_id as customer_id,
        referred_email_key as email_key
    from referrals
),

identified as (
    select
        referred.occurred_at,
        referred.referrer_person_id,
        {{ person_id('referred', 'emails_owned') }} as referred_person_id
    from referred
    left join emails_owned on referred.email_key = emails_owned.email_key
),

dated as (
    select
        identified.*,
        {{ local_date('identified.occurred_at', 'settings.reporting_time_zone') }} as referral_date
    from identified
    cross join settings
),

referrals_resolved as (
    select
        {{ period_start('month', 'dated.referral_date') }} as month,
        dated.referrer_person_id,
        dated.referred_person_id,
        coalesce(people.first_order_at > dated.occurred_at, false) as is_converted
    from dated
    left join people on dated.referred_person_id = people.person_id
),

first_orders as (
    select
        {{ local_date('people.first_order_at', 'settings.reporting_time_zone') }}
            as first_order_date
    from people
    cross join settings
    where people.first_order_at is not null
),

customers as (
    select {{ period_start('month', 'first_order_date') }} as month
    from first_orders
),

customers_by_month as (
    select
        month,
        cast(count(*) as bigint) as new_customers
    from customers
    group by month
),

referrals_by_month as (
    select
        month,
        cast(count(distinct referrer_person_id) as bigint) as referrers,
        cast(count(*) as bigint) as referrals,
        cast(count(distinct case when is_converted then referred_person_id end) as bigint)
            as referred_customers
    from referrals_resolved
    group by month
),

known_months as (
    select month from customers_by_month
    union all
    select month from referrals_by_month
),

first_months as (
    select min(month) as first_month
    from known_months
),

-- Months without a referral are listed too.
months as (
    select distinct days.month_start as month
    from days
    inner join first_months on days.month_start >= first_months.first_month
),

counted as (
    select
        months.month,
        cast(coalesce(
            sum(customers_by_month.new_customers) over (
                order by months.month asc nulls last
                rows between unbounded preceding and current row
            ), 0
        ) as bigint) as customers,
        coalesce(referrals_by_month.referrers, 0) as referrers,
        coalesce(referrals_by_month.referrals, 0) as referrals,
        coalesce(referrals_by_month.referred_customers, 0) as referred_customers
    from months
    left join customers_by_month on months.month = customers_by_month.month
    left join referrals_by_month on months.month = referrals_by_month.month

    union all

    select
        cast(null as date) as month,
        (select cast(count(*) as bigint) from customers) as customers,
        cast(count(distinct referrer_person_id) as bigint) as referrers,
        cast(count(*) as bigint) as referrals,
        cast(count(distinct case when is_converted then referred_person_id end) as bigint)
            as referred_customers
    from referrals_resolved
),

rated as (
    select
        month,
        customers,
        referrers,
        referrals,
        referred_customers,
        cast(referrers as double) / nullif(customers, 0) as referral_rate,
        -- referrals / customers * referred_customers / referrals, with one division
        case when referrals > 0 then cast(referred_customers as double) / nullif(customers, 0) end
            as k_factor
    from counted
),

sorted as (
    select *
    from rated
    order by month asc nulls first
)

select * from sorted
