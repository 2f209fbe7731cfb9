{#-
    What a model credits to a touch is given as two shares: of all credit before the touch, and of
    all credit up to and with it. Their difference is the touch's credit, and because the last
    touch's second share is 1, the credits of an order sum to 1 and the rounded revenue credits to
    its revenue, exactly.
-#}
{# Loops inside select lists are indented with the list. #}
-- noqa: disable=layout.indent
with order_touches as (
    select * from {{ ref('int_order_touches_collected') }}
),

paths as (
    select * from {{ ref('int_channel_paths_joined') }}
),

set_credits as (
    select * from {{ ref('int_set_credits_shared') }}
),

fitted_credits as (
    select
        channel_set,
        channel,
        {% for model in ['markov', 'shapley'] -%}
            max(case when attribution_model = '{{ model }}' then credit else 0 end)
                as {{ model }}_credit{{ ',' if not loop.last }}
        {% endfor %}
    from set_credits
    group by channel_set, channel
),

conversion_sets as (
    select
        path_id as touchpoint_id,
        channel_set
    from paths
    where is_conversion
),

touches_placed as (
    select
        order_touches.*,
        conversion_sets.channel_set,
        count(*) over (
            partition by order_touches.touchpoint_id, order_touches.channel
        ) as touches_of_channel,
        max(order_touches.started_at) over (
            partition by order_touches.touchpoint_id
        ) as last_started_at
    from order_touches
    inner join conversion_sets on order_touches.touchpoint_id = conversion_sets.touchpoint_id
),

-- The weight of a touch halves with every seven days that it lies before the last one.
touches_weighed as (
    select
        touches_placed.*,
        {{ decimal_of_double(
            'power(cast(0.5 as double), cast('
            ~ microseconds_between('touches_placed.started_at', 'touches_placed.last_started_at')
            ~ ' as double) / 604800000000)',
            18, 15
        ) }} as time_decay_weight,
        {% for model in ['markov', 'shapley'] -%}
            {{ decimal_of_double(
                '(coalesce(fitted_credits.' ~ model
                ~ '_credit, 0) / touches_placed.touches_of_channel)',
                18, 15
            ) }} as {{ model }}_weight{{ ',' if not loop.last }}
        {% endfor %}
    from touches_placed
    left join fitted_credits
        on
            touches_placed.channel_set = fitted_credits.channel_set
            and touches_placed.channel = fitted_credits.channel
),

touches_summed as (
    select
        *,
        {% for model in ['time_decay', 'markov', 'shapley'] -%}
            sum({{ model }}_weight) over (
                partition by touchpoint_id
                order by touch_number asc nulls last
                rows between unbounded preceding and current row
            ) as {{ model }}_through,
            sum({{ model }}_weight) over (partition by touchpoint_id)
                as {{ model }}_whole{{ ',' if not loop.last }}
        {% endfor %}
    from touches_weighed
),

-- By position, the first and the last touch have two fifths each and the others share one.
touches_positioned as (
    select
        *,
        case when touch_count <= 2 then touch_count else 5 * (touch_count - 2) end
            as position_whole,
        case
            when touch_count <= 2 or touch_number = 1 then touch_number - 1
            else 2 * (touch_count - 2) + touch_number - 2
        end as position_before,
        case
            when touch_count <= 2 then touch_number
            when touch_number = touch_count then 5 * (touch_count - 2)
            else 2 * (touch_count - 2) + touch_number - 1
        end as position_through
    from touches_summed
),

{% set shares = {
    'first': ['case when touch_number = 1 then 0 else 1 end', '1', '1'],
    'last': ['0', 'case when touch_number = touch_count then 1 else 0 end', '1'],
    'last_non_direct': [
        'case when touch_number > last_non_direct_number then 1 else 0 end',
        'case when touch_number >= last_non_direct_number then 1 else 0 end',
        '1',
    ],
    'linear': ['touch_number - 1', 'touch_number', 'touch_count'],
    'position': ['position_before', 'position_through', 'position_whole'],
} %}
{% for model in ['time_decay', 'markov', 'shapley'] %}
    {% set through, weight, whole = model ~ '_through', model ~ '_weight', model ~ '_whole' %}
    {% do shares.update({model: [through ~ ' - ' ~ weight, through, whole]}) %}
{% endfor %}

credited as (
    select
        touchpoint_id,
        order_id,
        order_number,
        ordered_at,
        order_month,
        net_revenue,
        touch_number,
        visit_id,
        channel,
        {% for model in attribution_models() -%}
            {% set before, through, whole = shares[model] -%}
            {{ exact_share(before, whole) }} as {{ model }}_before,
            {{ exact_share(through, whole) }} as {{ model }}_through{{ ',' if not loop.last }}
        {% endfor %}
    from touches_positioned

    union all

    select
        touchpoint_id,
        order_id,
        order_number,
        ordered_at,
        order_month,
        net_revenue,
        touch_number,
        visit_id,
        'unattributed' as channel,
        {% for model in attribution_models() -%}
            cast(0 as decimal(18, 12)) as {{ model }}_before,
            cast(1 as decimal(18, 12)) as {{ model }}_through{{ ',' if not loop.last }}
        {% endfor %}
    from order_touches
    where touch_number is null
),

sorted as (
    select *
    from credited
    order by
        touchpoint_id asc nulls last,
        touch_number asc nulls last
)

select * from sorted
