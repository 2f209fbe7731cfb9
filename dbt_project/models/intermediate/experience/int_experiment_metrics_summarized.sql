with outcomes as (
    select * from {{ ref('int_experiment_outcomes_measured') }}
),

-- Whole units (people, or hundredths of the currency), whose sums are exact in any order.
{% for metric, units in [
    ('visit', 'case when has_visit then 1 else 0 end'),
    ('conversion', 'case when has_conversion then 1 else 0 end'),
    ('revenue', 'net_revenue * 100'),
] %}
{{ metric }}_units as (
    select
        experiment,
        '{{ metric }}' as metric,
        variant,
        cast({{ 100 if metric == 'revenue' else 1 }} as {{ dbt.type_int() }}) as units_per_one,
        cast({{ units }} as decimal(18, 0)) as units
    from outcomes
),
{% endfor %}

units as (
    select * from visit_units
    union all
    select * from conversion_units
    union all
    select * from revenue_units
),

summed as (
    select
        experiment,
        metric,
        variant,
        units_per_one,
        cast(count(*) as bigint) as people,
        cast(sum(units) as double) as total,
        cast(
            sum(cast(units as decimal(19, 0)) * cast(units as decimal(19, 0))) as double
        ) as total_of_squares,
        min(units) = max(units) as is_constant
    from units
    group by experiment, metric, variant, units_per_one
),

summarized as (
    select
        experiment,
        metric,
        variant,
        people,
        total / (people * units_per_one) as mean,
        -- of large equal values, rounding would leave a little, or less than nothing
        case
            when is_constant then 0e0
            else greatest(people * total_of_squares - total * total, 0e0)
        end
        / nullif(
            cast(people as double) * (people - 1) * units_per_one * units_per_one, 0
        ) as variance,
        row_number() over (
            partition by experiment, metric
            order by
                case when variant = 'control' then 0 else 1 end asc nulls last,
                variant asc nulls last
        ) = 1 as is_control
    from summed
)

select * from summarized
