with metrics as (
    select * from {{ ref('int_experiment_metrics_summarized') }}
),

lifts as (
    select * from {{ ref('int_experiment_lifts_tested') }}
),

shares as (
    select * from {{ ref('int_experiment_shares_tested') }}
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
