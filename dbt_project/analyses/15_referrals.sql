-- Do customers bring customers?
-- referral_rate is the share of all customers so far who referred a person in the month, k_factor
-- the new customers that one customer brought in it. Above 1 the shop would grow by itself.
select
    month,
    customers,
    referrers,
    referrals,
    referred_customers,
    referral_rate,
    k_factor
from marts.referral_rates
where month is not null
order by month asc nulls last
