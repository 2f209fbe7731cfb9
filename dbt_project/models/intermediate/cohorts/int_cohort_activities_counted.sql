with activities as (
    select * from {{ ref('int_activities_dated') }}
),

members as (
    select * from {{ ref('int_cohort_members_dated') }}
),

people_segments as (
    select * from {{ ref('int_people_segmented') }}
),

grids as (
    select * from {{ ref('int_cohort_grids_segmented') }}
),

indexed_members as (
    select
        cohort_basis,
        grain,
        cohort_start,
        {{ by_grain('grain', period_index, 'cohort_start') }} as cohort_index,
        person_id
    from members
),

in_calendar as (
    select
        indexed_members.cohort_basis,
        activities.activity,
        indexed_members.grain,
        'calendar' as time_window,
        indexed_members.cohort_start,
        indexed_members.person_id,
        {{ by_grain('indexed_members.grain', period_index, 'activities.active_date') }}
        - indexed_members.cohort_index as period_number,
        {{ by_grain('indexed_members.grain', period_index, 'activities.previous_active_date') }}
        - indexed_members.cohort_index as previous_period_number,
        activities.is_last,
        activities.orders,
        activities.net_revenue
    from activities
    inner join indexed_members
        on activities.person_id = indexed_members.person_id
),

in_rolling as (
    select
        members.cohort_basis,
        activities.activity,
        members.grain,
        'rolling' as time_window,
        members.cohort_start,
        members.person_id,
        floor(
            case members.cohort_basis
                when 'first_touch' then activities.days_since_first_touch
                when 'first_order' then activities.days_since_first_order
            end / {{ rolling_days('members.grain') }}
        ) as period_number,
        floor(
            case members.cohort_basis
                when 'first_touch' then activities.previous_days_since_first_touch
                when 'first_order' then activities.previous_days_since_first_order
            end / {{ rolling_days('members.grain') }}
        ) as previous_period_number,
        activities.is_last,
        activities.orders,
        activities.net_revenue
    from activities
    inner join members
        on activities.person_id = members.person_id
),

unioned as (
    select * from in_calendar
    union all
    select * from in_rolling
),

-- a person last seen beyond the grid was there until its end
within_grids as (
    select
        unioned.cohort_basis,
        unioned.activity,
        unioned.grain,
        unioned.time_window,
        people_segments.segment_type,
        people_segments.segment,
        unioned.cohort_start,
        cast(
            case
                when unioned.period_number > grids.max_period then grids.max_period
                else unioned.period_number
            end as {{ dbt.type_int() }}
        ) as period_number,
        case
            when unioned.period_number > grids.max_period then 0
            when unioned.previous_period_number = unioned.period_number then 0
            else 1
        end as is_first_of_period,
        case when unioned.is_last then 1 else 0 end as is_last,
        case when unioned.period_number > grids.max_period then 0 else unioned.orders end
            as orders,
        case when unioned.period_number > grids.max_period then 0 else unioned.net_revenue end
            as net_revenue
    from unioned
    inner join people_segments
        on unioned.person_id = people_segments.person_id
    inner join grids
        on
            unioned.grain = grids.grain
            and people_segments.segment_type = grids.segment_type
    where unioned.period_number >= 0
),

counted as (
    select
        cohort_basis,
        activity,
        grain,
        time_window,
        segment_type,
        segment,
        cohort_start,
        period_number,
        cast(sum(is_first_of_period) as bigint) as active_people,
        cast(sum(is_last) as bigint) as last_seen_people,
        cast(sum(orders) as bigint) as orders,
        cast(sum(net_revenue) as decimal(18, 2)) as net_revenue
    from within_grids
    group by
        cohort_basis,
        activity,
        grain,
        time_window,
        segment_type,
        segment,
        cohort_start,
        period_number
)

select * from counted
