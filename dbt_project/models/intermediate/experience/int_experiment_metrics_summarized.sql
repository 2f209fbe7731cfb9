with outcomes as (
    select * from {{ ref('int_experiment_outcomes_measured') }}
),

experiment_shares as (
    select * from {{ ref('experiment_shares') }}
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
),

controls as (
    select *
    from summarized
    where is_control
),

-- Every metric has the same people.
seen as (
    select
        experiment,
        variant,
        people
    from summarized
    where metric = 'conversion'
),

experiments_seen as (
    select distinct experiment
    from seen
),

planned_experiments as (
    select distinct experiment
    from experiment_shares
),

variants as (
    select
        seen.experiment,
        seen.variant,
        seen.people,
        case
            when planned_experiments.experiment is null then 1
            else coalesce(experiment_shares.share, 0)
        end as share
    from seen
    left join planned_experiments on seen.experiment = planned_experiments.experiment
    left join experiment_shares
        on
            seen.experiment = experiment_shares.experiment
            and seen.variant = experiment_shares.variant

    union all

    -- A variant that no person saw is missing people too.
    select
        experiment_shares.experiment,
        experiment_shares.variant,
        cast(0 as bigint) as people,
        experiment_shares.share
    from experiment_shares
    inner join experiments_seen
        on experiment_shares.experiment = experiments_seen.experiment
    left join seen
        on
            experiment_shares.experiment = seen.experiment
            and experiment_shares.variant = seen.variant
    where seen.experiment is null
),

totals as (
    select
        experiment,
        cast(sum(people) as double) as people,
        cast(sum(share) as double) as share,
        nullif(
            cast(sum(case when share > 0 or people > 0 then 1 else 0 end) as bigint) - 1, 0
        ) as degrees,
        max(case when share = 0 and people > 0 then 1 else 0 end) = 1 as has_stray_people
    from variants
    group by experiment
),

expectations as (
    select
        variants.experiment,
        variants.people,
        totals.people * (cast(variants.share as double) / totals.share) as expected_people
    from variants
    inner join totals on variants.experiment = totals.experiment
    where variants.share > 0
),

-- Summed as decimals: the sum of doubles depends on their order.
statistics as (
    select
        experiment,
        cast(sum(
            {{ decimal_of_double(
                '(power(people - expected_people, 2) / expected_people)', 38, 12
            ) }}
        ) as double) as chi_square
    from expectations
    group by experiment
),

shares as (
    select
        totals.experiment,
        totals.degrees,
        case
            when totals.has_stray_people then cast('infinity' as double)
            else statistics.chi_square
        end as chi_square
    from totals
    left join statistics on totals.experiment = statistics.experiment
),

compared as (
    select
        summarized.experiment,
        summarized.metric,
        summarized.variant,
        summarized.people,
        summarized.mean,
        summarized.variance,
        controls.people as control_people,
        controls.mean as control_mean,
        controls.variance as control_variance,
        shares.chi_square as share_chi_square,
        shares.degrees as share_degrees
    from summarized
    left join controls
        on
            summarized.experiment = controls.experiment
            and summarized.metric = controls.metric
            and not summarized.is_control
    left join shares on summarized.experiment = shares.experiment
)

select * from compared
