{#- Loops inside select lists are indented with the list. -#}
-- noqa: disable=layout.indent
with touches as (
    select
        *,
        -- Large amounts times twelve decimals outgrow eighteen digits.
        cast(net_revenue as decimal(20, 2)) as wide_net_revenue
    from {{ ref('int_touches_credited') }}
),

-- Each part keeps the order of the touches, which are sorted.
credits as (
    {% for model in attribution_models() -%}
        {{ 'union all' if not loop.first }}
        select
            '{{ model }}' as attribution_model,
            touchpoint_id,
            order_id,
            ordered_at,
            order_month,
            order_number = 1 as is_first_order,
            touch_number,
            visit_id,
            channel,
            cast({{ model }}_through - {{ model }}_before as double) as credit,
            {{ money('wide_net_revenue * ' ~ model ~ '_through') }}
            - {{ money('wide_net_revenue * ' ~ model ~ '_before') }} as revenue_credit
        from touches
        where {{ model }}_through > {{ model }}_before
    {% endfor %}
),

published as (
    select
        attribution_model,
        touchpoint_id,
        order_id,
        ordered_at,
        order_month,
        is_first_order,
        touch_number,
        visit_id,
        channel,
        credit,
        cast(revenue_credit as decimal(18, 2)) as revenue_credit
    from credits
)

select * from published
