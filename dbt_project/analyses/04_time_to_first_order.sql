-- How long is it from the first touch to the first order?
-- Days that half and nine in ten of the customers of a channel needed, and the shares who bought
-- within a day and within a week. Customers only: who has not bought yet is not in it.
with customers as (
    select
        acquisition_channel,
        date_diff('minute', first_touch_at, first_order_at) / 1440 as elapsed_days
    from marts.people
    where first_order_at is not null
)

select
    acquisition_channel,
    count(*) as customers,
    median(elapsed_days) as median_days,
    quantile_cont(elapsed_days, 0.9) as p90_days,
    avg(case when elapsed_days <= 1 then 1 else 0 end) as within_a_day,
    avg(case when elapsed_days <= 7 then 1 else 0 end) as within_a_week
from customers
group by acquisition_channel
order by customers desc nulls last, acquisition_channel asc nulls last
