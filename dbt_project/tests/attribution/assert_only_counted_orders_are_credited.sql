-- And `orders` names the channel that the model last_non_direct credits.
with credits as (
    select * from {{ ref('channel_attribution_by_order') }}
),

orders as (
    select * from {{ ref('orders') }}
),

compared as (
    select
        credits.touchpoint_id,
        credits.attribution_model,
        credits.channel,
        orders.last_non_direct_channel
    from credits
    left join orders on credits.touchpoint_id = orders.touchpoint_id and orders.is_counted
    where
        orders.touchpoint_id is null
        or (
            credits.attribution_model = 'last_non_direct'
            and credits.channel is distinct from orders.last_non_direct_channel
        )
)

select * from compared
