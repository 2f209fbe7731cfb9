-- How soon does a second order follow the first?
-- Of the customers whose first order is at least so many days ago, reordered_rate had ordered again
-- within those days. All people have the same time, so the rates can be compared.
with orders as (
    select
        is_first,
        ordered_at,
        lead(ordered_at) over (
            partition by person_id order by order_number asc nulls last
        ) as next_ordered_at
    from marts.orders
    where is_counted
),

windows as (
    select unnest([7, 14, 30, 60, 90]) as within_days
),

described as (
    select max(as_of) as as_of from marts.stage_occupancy
)

select
    windows.within_days,
    count(*) as customers,
    count(
        case
            when orders.next_ordered_at < orders.ordered_at + to_days(windows.within_days) then 1
        end
    ) as reordered,
    reordered / customers as reordered_rate
from orders
cross join windows
cross join described
where
    orders.is_first
    and orders.ordered_at + to_days(windows.within_days) <= described.as_of
group by windows.within_days
order by windows.within_days asc nulls last
