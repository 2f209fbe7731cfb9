with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

active_days as (
    select distinct
        touchpoints.person_id,
        {{ local_date('touchpoints.occurred_at', 'settings.reporting_time_zone') }} as active_date
    from touchpoints
    cross join settings
    where touchpoints.is_inbound
),

collected as (
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
)

select * from collected
