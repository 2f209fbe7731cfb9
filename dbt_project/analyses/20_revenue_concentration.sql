-- How much of the revenue do the best customers bring?
-- Customers in ten equal groups by what they have spent, the best first; share_of_revenue is what
-- the group brings, cumulative_share what it and those before it bring.
with ranked as (
    select
        net_revenue,
        order_count,
        ntile(10) over (
            order by net_revenue desc nulls last, person_id asc nulls last
        ) as tenth
    from marts.people
    where order_count > 0
)

select
    tenth,
    count(*) as customers,
    sum(net_revenue) as revenue,
    sum(order_count) / count(*) as orders_per_customer,
    sum(net_revenue) / sum(sum(net_revenue)) over () as share_of_revenue,
    sum(sum(net_revenue)) over (order by tenth asc nulls last)
    / sum(sum(net_revenue)) over () as cumulative_share
from ranked
group by tenth
order by tenth asc nulls last
