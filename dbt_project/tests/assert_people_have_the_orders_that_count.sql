-- `orders` has every order. The counted ones are all of some person, their revenue
-- is in the person's sum, and a person without one has no first order.
with people as (
    select * from {{ ref('people') }}
),

orders as (
    select * from {{ ref('orders') }}
),

orders_net_of_refunds as (
    select * from {{ ref('int_orders_net_of_refunds') }}
),

of_net_orders as (
    select
        count(*) as net_order_count,
        coalesce(sum(case when is_counted then net_revenue end), 0) as net_order_revenue
    from orders_net_of_refunds
),

of_orders as (
    select
        count(*) as row_count,
        coalesce(sum(case when is_counted then 1 else 0 end), 0) as order_count,
        coalesce(sum(case when is_first then 1 else 0 end), 0) as buyers,
        coalesce(sum(case when is_counted then net_revenue end), 0) as net_revenue
    from orders
),

of_people as (
    select
        coalesce(sum(order_count), 0) as order_count,
        coalesce(sum(net_revenue), 0) as net_revenue,
        count(first_order_at) as buyers,
        count(
            case
                when (order_count = 0) <> (first_order_at is null) or first_order_at > last_order_at
                    then 1
            end
        ) as contradictions
    from people
),

differences as (
    select
        of_orders.order_count as orders_counted,
        of_people.order_count as orders_of_people,
        of_orders.net_revenue as revenue_counted,
        of_people.net_revenue as revenue_of_people,
        of_net_orders.net_order_count,
        of_net_orders.net_order_revenue,
        of_orders.row_count as order_rows,
        of_orders.buyers as first_orders,
        of_people.buyers,
        of_people.contradictions
    from of_orders
    cross join of_net_orders
    cross join of_people
    where
        of_orders.row_count <> of_net_orders.net_order_count
        or of_orders.net_revenue <> of_net_orders.net_order_revenue
        or of_orders.order_count <> of_people.order_count
        or of_orders.buyers <> of_people.buyers
        or of_orders.net_revenue <> of_people.net_revenue
        or of_people.contradictions > 0
)

select * from differences
