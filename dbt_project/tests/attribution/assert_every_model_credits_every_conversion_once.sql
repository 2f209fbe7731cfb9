{#- Every counted order in every model: the credits sum to 1, their revenue to the order's. -#}
with orders as (
    select * from {{ ref('int_orders_identified') }}
),

credits as (
    select * from {{ ref('channel_attribution_by_order') }}
),

credits_summed as (
    select
        attribution_model,
        touchpoint_id,
        sum(cast(credit as decimal(18, 12))) as credit,
        sum(revenue_credit) as revenue_credit
    from credits
    group by attribution_model, touchpoint_id
),

conversions as (
    select
        orders.touchpoint_id,
        orders.net_revenue,
        count(credits_summed.attribution_model) as model_count,
        min(credits_summed.credit) as least_credit,
        max(credits_summed.credit) as most_credit,
        min(credits_summed.revenue_credit) as least_revenue,
        max(credits_summed.revenue_credit) as most_revenue
    from orders
    left join credits_summed on orders.touchpoint_id = credits_summed.touchpoint_id
    where orders.is_counted
    group by orders.touchpoint_id, orders.net_revenue
)

select *
from conversions
where
    model_count <> {{ attribution_models() | length }}
    or least_credit is distinct from 1
    or most_credit is distinct from 1
    or least_revenue is distinct from net_revenue
    or most_revenue is distinct from net_revenue
