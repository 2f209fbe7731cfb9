with metrics as (
    select * from {{ ref('int_experiment_metrics_summarized') }}
),

tests as (
    select * from {{ ref('int_experiment_metrics_tested') }}
),

results as (
    select
        metrics.experiment,
        metrics.metric,
        metrics.variant,
        metrics.people,
        metrics.mean,
        metrics.mean - metrics.control_mean as lift,
        tests.ci_low,
        tests.ci_high,
        tests.p_value,
        (metrics.mean - metrics.control_mean) / nullif(metrics.control_mean, 0) as relative_lift,
        tests.share_ratio_p
    from metrics
    left join tests
        on
            metrics.experiment = tests.experiment
            and metrics.metric = tests.metric
            and metrics.variant = tests.variant
),

sorted as (
    select *
    from results
    order by experiment asc nulls last, metric asc nulls last, variant asc nulls last
)

select * from sorted
