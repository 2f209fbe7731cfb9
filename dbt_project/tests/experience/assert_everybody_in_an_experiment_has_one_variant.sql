-- In every metric, the people of all variants are the people who saw any.
with results as (
    select * from {{ ref('experiment_results') }}
),

assigned as (
    select * from {{ ref('int_experiment_outcomes_measured') }}
),

told as (
    select
        experiment,
        metric,
        sum(people) as people
    from results
    group by experiment, metric
),

seen as (
    select
        experiment,
        count(distinct person_id) as people
    from assigned
    group by experiment
),

broken as (
    select
        told.experiment,
        told.metric,
        told.people,
        seen.people as people_seen
    from told
    full outer join seen on told.experiment = seen.experiment
    where coalesce(told.people, -1) <> coalesce(seen.people, -1)
)

select * from broken
