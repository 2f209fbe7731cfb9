{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_identified') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

slotted as (
    select
        touchpoints.person_id,
        touchpoints.occurred_at,
        {{ visit_slot('touchpoints.occurred_at', 'settings.visit_timeout_minutes') }} as visit_slot
    from touchpoints
    cross join settings
    where touchpoints.is_inbound
),

slots as (
    select
        person_id,
        visit_slot,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from slotted
    group by person_id, visit_slot
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
            when
                {{ microseconds_between('previous_at', 'started_at') }}
                <= cast(settings.visit_timeout_minutes as bigint) * 60000000
                then 0
            else 1
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
