-- Which good customers are we about to lose, and what are they worth?
-- Customers who ordered often or for much and have not ordered for long, by how they once came.
-- expected_value_365d is what the model still expects of them in the next year; with_consent may be
-- written to.
select
    people.persona,
    people.acquisition_channel,
    count(*) as customers,
    count(*) filter (where people.marketing_consent) as with_consent,
    sum(people.net_revenue) as net_revenue,
    sum(people.expected_value_365d) as expected_value_365d,
    max(cast(people.last_order_at as date)) as latest_order
from marts.people
where people.persona in ('cannot_lose', 'at_risk')
group by people.persona, people.acquisition_channel
order by net_revenue desc, people.persona asc, people.acquisition_channel asc nulls last
