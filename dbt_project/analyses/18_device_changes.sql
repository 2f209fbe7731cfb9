-- Who comes on one device and buys on another?
-- Customers by the device of their first visit and of their last visit on the web that began before
-- the first order. Where the two differ, a shop that knows devices only sees two people.
with visits as (
    select
        visits.person_id,
        visits.device,
        visits.started_at
    from marts.visits
    inner join marts.people on visits.person_id = people.person_id
    where
        visits.has_web
        and visits.device is not null
        and visits.started_at <= people.first_order_at
),

customers as (
    select
        person_id,
        arg_min(device, started_at) as first_device,
        arg_max(device, started_at) as buying_device
    from visits
    group by person_id
)

select
    first_device,
    buying_device,
    count(*) as customers,
    count(*) / sum(count(*)) over (partition by first_device) as share_of_first_device
from customers
group by first_device, buying_device
order by first_device asc nulls last, customers desc nulls last
