with referrals as (
    select * from {{ ref('stg_referrals__referrals') }}
),

emails_owned as (
    select * from {{ ref('int_emails_owned') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

referred as (
    select
        source,
        referral_id,
        occurred_at,
        'cust:' || referrer_customer_id as referrer_person_id,
        referred_customer_id as customer_id,
        referred_email_key as email_key
    from referrals
),

identified as (
    select
        referred.source,
        referred.referral_id,
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

resolved as (
    select
        {{ touchpoint_id("'referrals'", 'dated.source', 'dated.referral_id') }} as touchpoint_id,
        dated.occurred_at,
        {{ period_start('month', 'dated.referral_date') }} as month,
        dated.referrer_person_id,
        dated.referred_person_id,
        coalesce(people.first_order_at > dated.occurred_at, false) as is_converted
    from dated
    left join people on dated.referred_person_id = people.person_id
)

select * from resolved
