with members as (
    select * from {{ ref('int_cohort_members_dated') }}
),

people_segments as (
    select * from {{ ref('int_people_segmented') }}
),

grids as (
    select * from {{ ref('int_cohort_grids_segmented') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

calendars as (
    select
        settings.as_of,
        {{ local_date('settings.as_of', 'settings.reporting_time_zone') }} as as_of_date,
        {{ last_date('settings') }} as last_date
    from settings
),

sized as (
    select
        members.cohort_basis,
        members.grain,
        people_segments.segment_type,
        people_segments.segment,
        people_segments.is_retrospective,
        members.cohort_start,
        grids.max_period,
        count(*) as cohort_size,
        min(members.cohort_at) as first_cohort_at,
        max(members.cohort_at) as last_cohort_at
    from members
    inner join people_segments
        on members.person_id = people_segments.person_id
    inner join grids
        on
            members.grain = grids.grain
            and people_segments.segment_type = grids.segment_type
    group by
        members.cohort_basis,
        members.grain,
        people_segments.segment_type,
        people_segments.segment,
        people_segments.is_retrospective,
        members.cohort_start,
        grids.max_period
),

-- the calendar period of as_of is under way unless as_of is its very beginning, in which case it
-- has not begun: hence the instant just before
in_calendar as (
    select
        sized.*,
        'calendar' as time_window,
        {{ by_grain('sized.grain', period_index, 'calendars.last_date') }}
        - {{ by_grain('sized.grain', period_index, 'sized.cohort_start') }} as last_period_begun,
        {{ by_grain('sized.grain', period_index, 'calendars.as_of_date') }}
        - {{ by_grain('sized.grain', period_index, 'sized.cohort_start') }} as complete_periods
    from sized
    cross join calendars
),

in_rolling as (
    select
        sized.*,
        'rolling' as time_window,
        floor(
            ({{ microseconds_between('sized.first_cohort_at', 'calendars.as_of') }} - 1)
            / ({{ rolling_days('sized.grain') }} * {{ microseconds_per_day() }})
        ) as last_period_begun,
        floor(
            {{ microseconds_between('sized.last_cohort_at', 'calendars.as_of') }}
            / ({{ rolling_days('sized.grain') }} * {{ microseconds_per_day() }})
        ) as complete_periods
    from sized
    cross join calendars
),

unioned as (
    select * from in_calendar
    union all
    select * from in_rolling
),

limited as (
    select
        cohort_basis,
        grain,
        time_window,
        segment_type,
        segment,
        is_retrospective,
        cohort_start,
        cohort_size,
        cast(
            case when last_period_begun > max_period then max_period else last_period_begun end
            as {{ dbt.type_int() }}
        ) as last_period,
        cast(complete_periods as {{ dbt.type_int() }}) as complete_periods
    from unioned
)

select * from limited
