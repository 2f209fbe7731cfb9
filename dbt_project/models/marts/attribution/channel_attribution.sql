{#- Loops inside select lists are indented with the list. -#}
-- noqa: disable=layout.indent
with credits as (
    select * from {{ ref('channel_attribution_by_order') }}
),

spend_days as (
    select * from {{ ref('stg_ads__spend_days') }}
),

removal_effects as (
    select * from {{ ref('int_removal_effects_fitted') }}
),

attribution_models as (
    {% for model in attribution_models() -%}
        {{ 'union all' if not loop.first }}
        select '{{ model }}' as attribution_model
    {% endfor %}
),

-- As decimals, the shares add up to the same value in every order.
credits_of_months as (
    select
        attribution_model,
        order_month as month,
        channel,
        sum(cast(credit as decimal(18, 12))) as conversions,
        sum(case when is_first_order then cast(credit as decimal(18, 12)) else 0 end)
            as first_order_conversions,
        sum(revenue_credit) as revenue
    from credits
    group by attribution_model, order_month, channel
),

credits_summed as (
    select * from credits_of_months

    union all

    select
        attribution_model,
        cast(null as date) as month,
        channel,
        sum(conversions) as conversions,
        sum(first_order_conversions) as first_order_conversions,
        sum(revenue) as revenue
    from credits_of_months
    group by attribution_model, channel
),

-- Large amounts times eight decimals outgrow eighteen digits.
spend_days_converted as (
    select
        channel,
        {{ period_start('month', 'spend_date') }} as spend_month,
        {{ money('cast(amount as decimal(20, 2)) * rate') }} as cost
    from spend_days
    where rate is not null
),

spend_months as (
    select
        spend_month,
        channel,
        cast(sum(cost) as decimal(18, 2)) as cost
    from spend_days_converted
    group by spend_month, channel
),

spend_summed as (
    select
        spend_month as month,
        channel,
        cost
    from spend_months

    union all

    select
        cast(null as date) as month,
        channel,
        cast(sum(cost) as decimal(18, 2)) as cost
    from spend_months
    group by channel
),

-- Every model has every channel of a slice, so that they can be read side by side.
cells as (
    select
        month,
        channel
    from credits_summed

    union

    select
        month,
        channel
    from spend_summed

    union

    select
        cast(null as date) as month,
        channel
    from removal_effects
),

attributed as (
    select
        attribution_models.attribution_model,
        cells.month,
        cells.channel,
        cast(coalesce(credits_summed.conversions, 0) as double) as conversions,
        cast(coalesce(credits_summed.first_order_conversions, 0) as double)
            as first_order_conversions,
        cast(coalesce(credits_summed.revenue, 0) as decimal(18, 2)) as revenue,
        case
            when attribution_models.attribution_model = 'markov' and cells.month is null
                then removal_effects.removal_effect
        end as removal_effect,
        spend_summed.cost
    from cells
    cross join attribution_models
    left join credits_summed
        on
            attribution_models.attribution_model = credits_summed.attribution_model
            and cells.month is not distinct from credits_summed.month
            and cells.channel = credits_summed.channel
    left join spend_summed
        on
            cells.month is not distinct from spend_summed.month
            and cells.channel = spend_summed.channel
    left join removal_effects on cells.channel = removal_effects.channel
),

priced as (
    select
        attribution_model,
        month,
        channel,
        conversions,
        first_order_conversions,
        revenue,
        removal_effect,
        cost,
        cast(cost as double) / nullif(conversions, 0) as cost_per_conversion,
        cast(revenue as double) / nullif(cast(cost as double), 0) as roas
    from attributed
),

sorted as (
    select *
    from priced
    order by
        attribution_model asc nulls last,
        month asc nulls first,
        channel asc nulls last
)

select * from sorted
