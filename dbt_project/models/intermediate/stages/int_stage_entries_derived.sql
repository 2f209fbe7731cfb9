{{ config(meta={'keyed_by': 'person_id'}) }}

with staged_visits as (
    select * from {{ ref('int_visits_assigned_to_stages') }}
),

visits as (
    select * from {{ ref('visits') }}
),

signals as (
    select * from {{ ref('int_stage_signals_advanced') }}
),

touchpoints as (
    select * from {{ ref('touchpoints') }}
),

stages as (
    select * from {{ ref('stages') }}
),

-- either the visit finds a person in no stage, or it rises above the stage they were in, or it
-- ends below it: then it is one step back, to the highest that it reached
entered as (
    select
        signals.person_id,
        staged_visits.person_number,
        signals.visit_number,
        stages.stage,
        signals.stage_position,
        signals.signalled_at as entered_at
    from signals
    inner join staged_visits
        on
            signals.person_id = staged_visits.person_id
            and signals.visit_number = staged_visits.visit_number
    inner join stages on signals.stage_position = stages.stage_position
    where
        staged_visits.position_before is null
        or signals.stage_position > staged_visits.position_before
        or (
            staged_visits.position_after < staged_visits.position_before
            and signals.stage_position = staged_visits.position_after
        )
),

-- the touchpoint is looked up for the few signals that count instead of carried along by all
triggers as (
    select
        entered.person_number,
        entered.visit_number,
        entered.stage_position,
        touchpoints.touchpoint_id,
        touchpoints.touchpoint,
        row_number() over (
            partition by entered.person_number, entered.visit_number, entered.stage_position
            order by touchpoints.touchpoint_id asc nulls last
        ) as trigger_number
    from touchpoints
    inner join entered
        on
            touchpoints.person_id = entered.person_id
            and touchpoints.visit_number = entered.visit_number
            and touchpoints.stage = entered.stage
            and touchpoints.occurred_at = entered.entered_at
    where touchpoints.is_inbound
),

triggered as (
    select
        entered.person_id,
        entered.person_number,
        entered.stage,
        entered.stage_position,
        entered.entered_at,
        triggers.touchpoint_id,
        triggers.touchpoint,
        entered.visit_number,
        visits.channel,
        visits.campaign
    from entered
    inner join triggers
        on
            entered.person_number = triggers.person_number
            and entered.visit_number = triggers.visit_number
            and entered.stage_position = triggers.stage_position
    inner join visits
        on
            entered.person_id = visits.person_id
            and entered.visit_number = visits.visit_number
    where triggers.trigger_number = 1
),

lapsed as (
    select
        person_id,
        person_number,
        'lapsed' as stage,
        cast(null as {{ dbt.type_int() }}) as stage_position,
        lapsed_at as entered_at,
        cast(null as {{ dbt.type_string() }}) as touchpoint_id,
        cast(null as {{ dbt.type_string() }}) as touchpoint,
        cast(null as {{ dbt.type_int() }}) as visit_number,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as campaign
    from staged_visits
    where lapsed_at is not null
),

unioned as (
    select * from triggered
    union all
    select * from lapsed
),

numbered as (
    select
        person_id,
        person_number,
        cast(
            row_number() over (
                partition by person_number
                order by entered_at asc nulls last, stage_position asc nulls last
            ) as {{ dbt.type_int() }}
        ) as entry_number,
        stage,
        stage_position,
        entered_at,
        touchpoint_id,
        touchpoint,
        visit_number,
        channel,
        campaign
    from unioned
)

select * from numbered
