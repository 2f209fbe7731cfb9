with cells as (
    select * from {{ ref('cohort_retention') }}
),

weighted as (
    select
        cohort_basis,
        activity,
        grain,
        {{ adapter.quote('window') }},
        segment_type,
        segment,
        is_retrospective,
        period_number,
        count(*) as cohorts,
        cast(sum(cohort_size) as bigint) as cohort_size,
        cast(sum(active_people) as bigint) as active_people,
        cast(sum(returning_unbounded) as bigint) as returning_unbounded
    from cells
    where is_complete
    group by
        cohort_basis,
        activity,
        grain,
        {{ adapter.quote('window') }},
        segment_type,
        segment,
        is_retrospective,
        period_number
),

rated as (
    select
        *,
        cast(active_people as double) / cohort_size as retention_rate,
        cast(returning_unbounded as double) / cohort_size as unbounded_retention_rate
    from weighted
),

sorted as (
    select *
    from rated
    order by
        cohort_basis asc nulls last,
        activity asc nulls last,
        grain asc nulls last,
        {{ adapter.quote('window') }} asc nulls last,
        segment_type asc nulls last,
        segment asc nulls last,
        period_number asc nulls last
)

select * from sorted
