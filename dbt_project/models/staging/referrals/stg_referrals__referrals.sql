with settings as (
    select * from {{ ref('stg_run__settings') }}
),

standing as (
    {{ standing_rows(source('raw', 'referrals'), ['referral_id']) }}
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
    from standing
    where occurred_at < (select settings.as_of from settings)
)

select * from facts
