-- A person's visits are numbered from 1, and each begins more than the timeout after the last.
with visits as (
    select * from {{ ref('visits') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

preceded as (
    select
        visit_id,
        visit_number,
        started_at,
        lag(visit_number) over (
            partition by person_id
            order by visit_number asc nulls last
        ) as previous_number,
        lag(ended_at) over (
            partition by person_id
            order by visit_number asc nulls last
        ) as previous_at
    from visits
),

wrong as (
    select
        preceded.visit_id,
        preceded.visit_number,
        preceded.previous_number
    from preceded
    cross join settings
    where
        preceded.visit_number <> coalesce(preceded.previous_number, 0) + 1
        or {{ microseconds_between('preceded.previous_at', 'preceded.started_at') }}
        <= cast(settings.visit_timeout_minutes as bigint) * 60000000
)

select * from wrong
