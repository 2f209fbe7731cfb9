-- In every metric, the people of all variants are the people who saw any.
with results as (
    select * from {{ ref('experiment_results') }}
),

assigned as (
    select * from {{ ref('int_experiment_outcomes_measured') }}
),

reported as (
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
        reported.experiment,
        reported.metric,
        reported.people,
        seen.people as people_seen
    from reported
    full outer join seen on reported.experiment = seen.experiment
    where coalesce(reported.people, -1) <> coalesce(seen.people, -1)
)

select * from broken
