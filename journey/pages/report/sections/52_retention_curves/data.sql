-- All cohorts together first, then the newest seven: more lines are none.
with cells as (
    select
        cohort_basis,
        activity,
        cast(null as date) as cohort,
        period_number,
        cohort_size,
        active_people,
        retention_rate
    from marts.cohort_retention_overall as overall
    where
        overall.grain = 'month'
        and overall."window" = 'calendar'
        and overall.segment_type = 'all'
        and overall.cohort_size >= 30

    union all

    select
        cohort_basis,
        activity,
        cohort_start,
        period_number,
        cohort_size,
        active_people,
        retention_rate
    from marts.cohort_retention as cohorts
    where
        cohorts.grain = 'month'
        and cohorts."window" = 'calendar'
        and cohorts.segment_type = 'all'
        and cohorts.is_complete
        and not cohorts.is_small
),

-- Period 0 is 100% where all are there by construction: the others would lie at the bottom.
later as (
    select
        *,
        dense_rank() over (
            partition by cohort_basis, activity
            order by cohort desc nulls first
        ) as place
    from cells
    where period_number > 0
)

select
    cohort_basis,
    activity,
    cohort,
    period_number,
    cohort_size,
    active_people,
    retention_rate
from later
where place <= 8
order by cohort_basis asc, activity desc, cohort desc nulls first, period_number asc
