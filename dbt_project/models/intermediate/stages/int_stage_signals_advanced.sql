{{ config(meta={'keyed_by': 'person_id'}) }}

with touchpoints as (
    select * from {{ ref('touchpoints') }}
),

stages as (
    select * from {{ ref('stages') }}
),

-- only the first signal of a stage can rise above what came before it, so the rest goes
-- before anything is sorted
first_signals as (
    select
        touchpoints.person_id,
        touchpoints.visit_number,
        stages.stage_position,
        min(touchpoints.occurred_at) as signalled_at
    from touchpoints
    inner join stages on touchpoints.stage = stages.stage
    where touchpoints.is_inbound
    group by
        touchpoints.person_id,
        touchpoints.visit_number,
        stages.stage_position
),

compared as (
    select
        *,
        max(stage_position) over (
            partition by person_id, visit_number
            order by signalled_at asc nulls last, stage_position asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as highest_position_before
    from first_signals
),

advanced as (
    select
        person_id,
        visit_number,
        stage_position,
        signalled_at
    from compared
    where
        highest_position_before is null
        or stage_position > highest_position_before
)

select * from advanced
