-- Every counted order is somebody's, its money is in their sum, and whoever has none has no first.
with people as (
    select * from {{ ref('people') }}
),

orders as (
    select * from {{ ref('int_orders_settled') }}
),

of_orders as (
    select
        count(*) as order_count,
        coalesce(sum(net_revenue), 0) as net_revenue
    from orders
    where is_counted
),

of_people as (
    select
        coalesce(sum(order_count), 0) as order_count,
        coalesce(sum(net_revenue), 0) as net_revenue,
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
        of_people.contradictions
    from of_orders
    cross join of_people
    where
        of_orders.order_count <> of_people.order_count
        or of_orders.net_revenue <> of_people.net_revenue
        or of_people.contradictions > 0
)

select * from differences
