with cells as (
    select * from {{ ref('channel_attribution') }}
),

added as (
    select
        attribution_model,
        channel,
        sum(case when month is null then conversions else -conversions end) as conversions,
        sum(case when month is null then first_order_conversions else -first_order_conversions end)
            as first_order_conversions,
        sum(case when month is null then revenue else -revenue end) as revenue,
        sum(case when month is null then cost else -cost end) as cost
    from cells
    group by attribution_model, channel
)

select *
from added
where
    abs(conversions) > 0.000001
    or abs(first_order_conversions) > 0.000001
    or revenue <> 0
    or cost <> 0
