with cohorts as (
    select * from {{ ref('int_cohorts_sized') }}
),

counts as (
    select * from {{ ref('int_cohort_activities_counted') }}
),

activities as (
    select 'order' as activity
    union all
    select 'active' as activity
),

cells as (
    select
        cohorts.cohort_basis,
        activities.activity,
        cohorts.grain,
        cohorts.time_window,
        cohorts.segment_type,
        cohorts.segment,
        cohorts.is_retrospective,
        cohorts.cohort_start,
        cohorts.cohort_size,
        cohorts.complete_periods,
        {{ integers_up_to('cohorts.last_period') }} as period_number
    from cohorts
    cross join activities
),

filled as (
    select
        cells.cohort_basis,
        cells.activity,
        cells.grain,
        cells.time_window,
        cells.segment_type,
        cells.segment,
        cells.is_retrospective,
        cells.cohort_start,
        cells.period_number,
        cells.cohort_size,
        cells.period_number < cells.complete_periods as is_complete,
        coalesce(counts.active_people, 0) as active_people,
        coalesce(counts.last_seen_people, 0) as last_seen_people,
        case when cells.activity = 'order' then coalesce(counts.orders, 0) end as orders,
        case
            when cells.activity = 'order'
                then coalesce(counts.net_revenue, cast(0 as decimal(18, 2)))
        end as net_revenue
    from cells
    left join counts
        on
            cells.cohort_basis = counts.cohort_basis
            and cells.activity = counts.activity
            and cells.grain = counts.grain
            and cells.time_window = counts.time_window
            and cells.segment_type = counts.segment_type
            and cells.segment = counts.segment
            and cells.cohort_start = counts.cohort_start
            and cells.period_number = counts.period_number
),

accumulated as (
    select
        *,
        cast(
            sum(last_seen_people) over (
                partition by
                    cohort_basis, activity, grain, time_window, segment_type, segment, cohort_start
                order by period_number asc nulls last
                rows between current row and unbounded following
            ) as bigint
        ) as returning_unbounded,
        cast(
            sum(net_revenue) over (
                partition by
                    cohort_basis, activity, grain, time_window, segment_type, segment, cohort_start
                order by period_number asc nulls last
                rows between unbounded preceding and current row
            ) as decimal(18, 2)
        ) as cumulative_net_revenue
    from filled
),

rated as (
    select
        cohort_basis,
        activity,
        grain,
        time_window as {{ adapter.quote('window') }},
        segment_type,
        segment,
        is_retrospective,
        cohort_start,
        cast(period_number as {{ dbt.type_int() }}) as period_number,
        cohort_size,
        active_people,
        returning_unbounded,
        case when is_complete then cast(active_people as double) / cohort_size end
            as retention_rate,
        case when is_complete then cast(returning_unbounded as double) / cohort_size end
            as unbounded_retention_rate,
        orders,
        net_revenue,
        cumulative_net_revenue,
        cast(cumulative_net_revenue as double) / cohort_size
            as cumulative_net_revenue_per_person,
        is_complete,
        cohort_size < 30 as is_small
    from accumulated
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
        cohort_start asc nulls last,
        period_number asc nulls last
)

select * from sorted
