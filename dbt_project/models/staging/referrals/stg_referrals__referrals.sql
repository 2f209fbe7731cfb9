with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'referrals'), ['referral_id']) }}
),

facts as (
    select
        source,
        referral_id,
        occurred_at,
        referrer_customer_id,
        referred_email_key,
        referred_customer_id,
        delivered_on
    from latest
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
