with metrics as (
    select * from {{ ref('int_experiment_metrics_summarized') }}
),

lifts as (
    select * from {{ ref('int_experiment_lifts_tested') }}
),

experiment_shares as (
    select * from {{ ref('experiment_shares') }}
),

-- Every metric has the same people.
seen as (
    select
        experiment,
        variant,
        people
    from metrics
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
        sum(case when share > 0 then 1 else 0 end) - 1 as degrees,
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
            cast(power(people - expected_people, 2) / expected_people as decimal(38, 12))
        ) as double) as chi_square
    from expectations
    group by experiment
),

roots as (
    select
        totals.experiment,
        totals.has_stray_people,
        totals.degrees,
        sqrt(statistics.chi_square) as root
    from totals
    left join statistics on totals.experiment = statistics.experiment
),

shares as (
    select
        experiment,
        case
            when has_stray_people then cast(0 as double)
            when degrees > 0 then {{ chi_square_tail('root', 'degrees') }}
        end as share_ratio_p
    from roots
),

results as (
    select
        metrics.experiment,
        metrics.metric,
        metrics.variant,
        metrics.people,
        metrics.mean,
        lifts.lift,
        lifts.ci_low,
        lifts.ci_high,
        lifts.p_value,
        lifts.relative_lift,
        shares.share_ratio_p
    from metrics
    left join lifts
        on
            metrics.experiment = lifts.experiment
            and metrics.metric = lifts.metric
            and metrics.variant = lifts.variant
    left join shares on metrics.experiment = shares.experiment
),

sorted as (
    select *
    from results
    order by experiment asc nulls last, metric asc nulls last, variant asc nulls last
)

select * from sorted
