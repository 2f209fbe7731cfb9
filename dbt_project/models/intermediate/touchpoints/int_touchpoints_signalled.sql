{#- A view: entries and the touchpoints mart read it once each, cheaper than writing it. -#}
{{ config(materialized='view') }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

signals as (
    select * from {{ ref('int_signals_ruled') }}
),

stages as (
    select * from {{ ref('stages') }}
),

phased as (
    select
        touchpoints.*,
        case
            when not touchpoints.is_inbound then null
            when people.first_order_at is null then 'before'
            when touchpoints.occurred_at < people.first_order_at then 'before'
            when touchpoints.visit_number > people.first_order_visit_number then 'after'
            else 'own'
        end as phase
    from touchpoints
    left join people on touchpoints.person_id = people.person_id
),

signalled as (
    select
        phased.*,
        signals.stage,
        stages.stage_position
    from phased
    left join signals
        on
            phased.touchpoint = signals.touchpoint
            and phased.phase = signals.phase
            and phased.score is not distinct from signals.score
    left join stages on signals.stage = stages.stage
)

select * from signalled
