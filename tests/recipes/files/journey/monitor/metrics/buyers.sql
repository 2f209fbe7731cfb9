-- How many people bought: of all people, the share with a counted order.
select
    'people with an order' as figure,
    cast(count(first_order_at) as double) / nullif(count(*), 0) as value,
    count(*) as people
from marts.people
