-- A page has room for so many cohorts, periods and segments; the mart has them all.
with room as (
    select *
    from (
        values
        ('day', true, 31), ('week', true, 26), ('month', true, 24),
        ('week', false, 13), ('month', false, 13)
    ) as grains (grain, is_everybody, places)
),

segment_sizes as (
    select
        segment_type,
        segment,
        max(cohort_size) as size
    from marts.cohort_retention_overall
    group by segment_type, segment
),

segments as (
    select
        segment_type,
        segment,
        segment_type = 'all' as is_everybody
    from segment_sizes
    qualify row_number() over (partition by segment_type order by size desc, segment asc) <= 8
),

cohorts_ranked as (
    select
        *,
        dense_rank() over (
            partition by cohort_basis, activity, grain, "window", segment_type, segment
            order by cohort_start desc
        ) as cohort_rank
    from marts.cohort_retention
),

cells as (
    select
        cohort_basis,
        activity,
        grain,
        "window",
        segment_type,
        segment,
        is_retrospective,
        cohort_start,
        period_number,
        cohort_size,
        active_people,
        retention_rate,
        unbounded_retention_rate,
        cumulative_net_revenue_per_person,
        is_complete,
        is_small,
        cohort_rank
    from cohorts_ranked

    union all

    select
        cohort_basis,
        activity,
        grain,
        "window",
        segment_type,
        segment,
        is_retrospective,
        null as cohort_start,
        period_number,
        cohort_size,
        active_people,
        retention_rate,
        unbounded_retention_rate,
        null as cumulative_net_revenue_per_person,
        true as is_complete,
        cohort_size < 30 as is_small,
        0 as cohort_rank
    from marts.cohort_retention_overall
),

shown as (
    select
        cells.cohort_basis,
        cells.activity,
        cells.grain,
        cells."window",
        case
            when segments.is_everybody then 'all'
            else
                cells.segment_type
                || case when cells.is_retrospective then ' (based on later behaviour)' else '' end
        end as segmented_by,
        cells.segment,
        cells.cohort_start,
        cells.period_number,
        cells.cohort_size,
        cells.active_people,
        cells.retention_rate,
        cells.unbounded_retention_rate,
        cells.cumulative_net_revenue_per_person,
        cells.is_complete,
        cells.is_small
    from cells
    inner join segments
        on cells.segment_type = segments.segment_type and cells.segment = segments.segment
    inner join room
        on cells.grain = room.grain and segments.is_everybody = room.is_everybody
    where cells.cohort_rank <= room.places and cells.period_number < room.places
    order by
        cells.cohort_basis asc,
        cells.activity desc,
        cells.grain asc,
        cells."window" asc,
        not segments.is_everybody,
        cells.segment_type asc,
        cells.segment asc,
        cells.cohort_start asc nulls first,
        cells.period_number asc
)

select * from shown
