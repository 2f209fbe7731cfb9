with people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

first_touches as (
    select min(first_touch_at) as first_touch_at
    from people
),

bounds as (
    select
        {{ local_date('first_touches.first_touch_at', 'settings.reporting_time_zone') }}
            as first_date,
        {{ last_date('settings') }} as last_date
    from first_touches
    cross join settings
),

day_numbers as (
    select
        first_date,
        {{ integers_up_to(dbt.datediff('first_date', 'last_date', 'day')) }} as day_number
    from bounds
),

days as (
    select cast({{ dbt.dateadd('day', 'day_number', 'first_date') }} as date) as calendar_date
    from day_numbers
),

placed as (
    select
        calendar_date,
        {{ period_start('week', 'calendar_date') }} as week_start,
        {{ period_start('month', 'calendar_date') }} as month_start
    from days
),

sorted as (
    select *
    from placed
    order by calendar_date asc nulls last
)

select * from sorted
