{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_identified') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

slots as (
    select
        touchpoints.person_id,
        {{ visit_slot('touchpoints.occurred_at', 'settings.visit_timeout_minutes') }} as visit_slot,
        min(touchpoints.occurred_at) as started_at,
        max(touchpoints.occurred_at) as ended_at
    from touchpoints
    cross join settings
    where touchpoints.is_inbound
    group by 1, 2
),

slots_preceded as (
    select
        *,
        lag(ended_at) over (
            partition by person_id
            order by visit_slot asc nulls last
        ) as previous_at
    from slots
),

slots_opening as (
    select
        slots_preceded.person_id,
        slots_preceded.visit_slot,
        case
            when slots_preceded.previous_at is null then 1
            when
                {{ microseconds_between('slots_preceded.previous_at', 'slots_preceded.started_at') }}
                > cast(settings.visit_timeout_minutes as bigint) * 60000000
                then 1
            else 0
        end as opens_visit
    from slots_preceded
    cross join settings
),

slots_numbered as (
    select
        person_id,
        visit_slot,
        cast(sum(opens_visit) over (
            partition by person_id
            order by visit_slot asc nulls last
            rows between unbounded preceding and current row
        ) as integer) as visit_number
    from slots_opening
)

select * from slots_numbered
