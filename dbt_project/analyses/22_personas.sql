-- Who are the customers, and what is each kind expected to bring?
-- Personas by how recently, how often and for how much people bought; expected_value is what one of
-- them is expected to bring within a year, share_of_expected what all of them do.
select
    persona,
    count(*) as customers,
    avg(order_count) as orders_per_customer,
    sum(net_revenue) / count(*) as revenue_per_customer,
    avg(expected_value_365d) as expected_value,
    sum(expected_value_365d) / sum(sum(expected_value_365d)) over () as share_of_expected
from marts.people
where order_count > 0
group by persona
order by expected_value desc nulls last, persona asc nulls last
