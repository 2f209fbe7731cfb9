{% set grains = ['day', 'week', 'month'] %}
{% set states = ['new', 'returning', 'resurrected', 'dormant'] %}

with settings as (
    select * from {{ source('run', 'settings') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

days as (
    select * from {{ ref('days') }}
),

active_days as (
    select distinct
        touchpoints.person_id,
        {{ local_date('touchpoints.occurred_at', 'settings.reporting_time_zone') }} as active_date
    from touchpoints
    cross join settings
    where touchpoints.is_inbound
),

active_days_followed as (
    select
        person_id,
        active_date,
        lag(active_date) over (
            partition by person_id order by active_date asc nulls last
        ) as previous_active_date,
        lead(active_date) over (
            partition by person_id order by active_date asc nulls last
        ) as next_active_date
    from active_days
),

-- Who is who no longer matters: people with the same three days are counted together.
walks as (
    select
        active_date,
        previous_active_date,
        next_active_date,
        cast(count(*) as bigint) as people
    from active_days_followed
    group by active_date, previous_active_date, next_active_date
),

{% for grain in grains %}
{{ grain }}_walks as (
    select
        {{ period_start(grain, 'active_date') }} as period_start,
        {{ period_start(grain, 'previous_active_date') }} as previous_active_start,
        {{ period_start(grain, 'next_active_date') }} as next_active_start,
        people
    from walks
),

{{ grain }}_steps as (
    select
        *,
        cast({{ dbt.dateadd(grain, -1, 'period_start') }} as date) as start_before,
        cast({{ dbt.dateadd(grain, 1, 'period_start') }} as date) as start_after
    from {{ grain }}_walks
),

-- The first active day of a period says how a person comes to be active in it, the last one
-- whether they are missing in the period after it.
{{ grain }}_counts as (
    select
        period_start,
        case
            when previous_active_start is null then 'new'
            when previous_active_start = start_before then 'returning'
            else 'resurrected'
        end as state,
        people
    from {{ grain }}_steps
    where previous_active_start is null or previous_active_start < period_start

    union all

    select
        start_after as period_start,
        'dormant' as state,
        -people as people
    from {{ grain }}_steps
    where next_active_start is null or next_active_start > start_after
),

{{ grain }}_periods as (
    select distinct {{ period_start(grain, 'calendar_date') }} as period_start
    from days
),
{% endfor %}

cells as (
    {% for grain in grains %}
    {% for state in states %}
    select
        '{{ grain }}' as grain,
        period_start,
        '{{ state }}' as state,
        cast(0 as bigint) as people
    from {{ grain }}_periods

    union all
    {% endfor %}

    select
        '{{ grain }}' as grain,
        {{ grain }}_counts.period_start,
        {{ grain }}_counts.state,
        {{ grain }}_counts.people
    from {{ grain }}_counts
    inner join {{ grain }}_periods
        on {{ grain }}_counts.period_start = {{ grain }}_periods.period_start
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

summed as (
    select
        grain,
        period_start,
        state,
        cast(sum(people) as bigint) as people
    from cells
    group by grain, period_start, state
),

sorted as (
    select *
    from summed
    order by grain asc nulls last, period_start asc nulls last, state asc nulls last
)

select * from sorted
