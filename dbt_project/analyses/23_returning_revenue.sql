-- How much revenue comes from customers who return, by month?
-- An order is the first one of its customer or a later one. returning_share is the share of net
-- revenue that later orders brought; net revenue is less the refunds so far.
select
    cast(date_trunc('month', orders.ordered_date) as date) as month,
    count(*) as orders,
    count(*) filter (where orders.order_number > 1) as returning_orders,
    sum(orders.net_revenue) as net_revenue,
    coalesce(sum(orders.net_revenue) filter (where orders.order_number > 1), 0)
        as returning_revenue,
    cast(returning_revenue as double) / nullif(sum(orders.net_revenue), 0) as returning_share
from marts.orders
where orders.is_counted
group by all
order by month
