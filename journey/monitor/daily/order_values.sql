-- What an order is worth, and how many are worth anything, by the day of the order: an export that
-- loses its amounts gives orders of nothing. Amounts are those before refunds, which come later and
-- would make every newest day look better than the days before it.
with priced as (
    select
        source,
        ordered_date,
        net_amount
    from marts.orders
    where
        is_counted
        and net_amount is not null
        and ordered_date >= getvariable('first_day')
),

summed as (
    select
        source,
        ordered_date as day,
        cast(sum(net_amount) as double) / count(*) as amount,
        cast(count(case when net_amount > 0 then 1 end) as double) / count(*) as share,
        count(*) as orders
    from priced
    group by
        source,
        ordered_date
),

figures as (
    select
        'revenue per order of ' || source as figure,
        'amount' as unit,
        day,
        amount as value,
        orders as size
    from summed

    union all

    select
        'share of orders with revenue of ' || source as figure,
        'rate' as unit,
        day,
        share as value,
        orders as size
    from summed
)

select * from figures
