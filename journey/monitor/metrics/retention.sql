-- Retention: published cells of cohort_retention, added up over the weekly cohorts that began
-- within the recent days before the newest one that is complete.
with cells as (
    select
        case cohort_basis
            when 'first_order' then 'first orders'
            else 'first touches'
        end as beginning,
        period_number,
        cohort_start,
        cohort_size,
        active_people,
        max(cohort_start) over (partition by cohort_basis, period_number) as newest_start
    from marts.cohort_retention as retention
    where
        (cohort_basis, activity) in (('first_order', 'order'), ('first_touch', 'active'))
        and grain = 'week'
        and retention.window = 'calendar'
        and segment_type = 'all'
        and is_complete
        and period_number in (1, 4)
),

rated as (
    select
        'retention of ' || beginning || ' in week ' || period_number as figure,
        cast(sum(active_people) as double) / nullif(sum(cohort_size), 0) as value,
        cast(sum(cohort_size) as bigint) as people
    from cells
    where cohort_start > newest_start - to_days(getvariable('recent_days'))
    group by
        beginning,
        period_number
)

select * from rated
