-- Every person active in a period is new in it, returning or resurrected, and just one of these.
with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

lifecycle as (
    select * from {{ ref('lifecycle') }}
),

active_days as (
    select distinct
        touchpoints.person_id,
        {{ local_date('touchpoints.occurred_at', 'settings.reporting_time_zone') }} as active_date
    from touchpoints
    cross join settings
    where touchpoints.is_inbound
),

reported as (
    select
        grain,
        period_start,
        sum(people) as people
    from lifecycle
    where state <> 'dormant'
    group by grain, period_start
),

active_periods as (
    {% for grain in ['day', 'week', 'month'] %}
    select
        person_id,
        '{{ grain }}' as grain,
        {{ period_start(grain, 'active_date') }} as period_start
    from active_days
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

active as (
    select
        grain,
        period_start,
        count(distinct person_id) as people
    from active_periods
    group by grain, period_start
),

broken as (
    select
        reported.grain,
        reported.period_start,
        reported.people,
        active.people as active_people
    from reported
    full outer join active
        on reported.grain = active.grain and reported.period_start = active.period_start
    where coalesce(reported.people, -1) <> coalesce(active.people, 0)
)

select * from broken
