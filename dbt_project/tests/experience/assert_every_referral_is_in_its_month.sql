-- The referrals of all months are those over all, and those delivered.
with referral_rates as (
    select * from {{ ref('referral_rates') }}
),

referrals as (
    select * from {{ ref('stg_referrals__referrals') }}
),

sums as (
    select
        coalesce(sum(case when month is null then referrals end), 0) as overall,
        coalesce(sum(case when month is not null then referrals end), 0) as over_months,
        (select count(*) from referrals) as delivered
    from referral_rates
),

broken as (
    select *
    from sums
    where overall <> delivered or over_months <> delivered
)

select * from broken
