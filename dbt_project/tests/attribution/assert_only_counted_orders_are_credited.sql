with credits as (
    select * from {{ ref('channel_attribution_by_order') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

credited as (
    select distinct touchpoint_id
    from credits
)

select credited.touchpoint_id
from credited
left join orders on credited.touchpoint_id = orders.touchpoint_id and orders.is_counted
where orders.touchpoint_id is null
