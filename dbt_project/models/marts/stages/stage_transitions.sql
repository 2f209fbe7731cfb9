{{ config(meta={'keyed_by': 'person_id'}) }}

with steps as (
    select * from {{ ref('int_stage_entries_mapped') }}
),

entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

directed as (
    select
        stage_model,
        person_number,
        step_number,
        entry_number,
        stage,
        entered_at,
        coalesce(from_stage, 'start') as from_stage,
        entered_from_at,
        case
            when from_stage is null then 'enter'
            when stage_position is null then 'lapse'
            when from_position is null then 'return'
            when stage_position < from_position then 'back'
            when stage_position = from_position + 1 then 'forward'
            else 'skip'
        end as direction,
        case
            when stage_position > from_position + 1 then stage_position - from_position - 1
            else 0
        end as skipped_stages
    from steps
),

transitions as (
    select
        directed.stage_model,
        entries.person_id,
        directed.person_number,
        directed.step_number as transition_number,
        directed.from_stage,
        directed.stage as to_stage,
        directed.entered_at as transitioned_at,
        directed.entered_from_at,
        {{ hours(microseconds_between('directed.entered_from_at', 'directed.entered_at')) }}
            as hours_in_from_stage,
        directed.direction,
        directed.skipped_stages,
        entries.touchpoint_id,
        entries.touchpoint,
        entries.visit_number,
        entries.channel,
        entries.campaign
    from directed
    inner join entries
        on
            directed.person_number = entries.person_number
            and directed.entry_number = entries.entry_number
),

sorted as (
    select
        stage_model,
        person_id,
        transition_number,
        from_stage,
        to_stage,
        transitioned_at,
        entered_from_at,
        hours_in_from_stage,
        direction,
        skipped_stages,
        touchpoint_id,
        touchpoint,
        visit_number,
        channel,
        campaign
    from transitions
    order by
        stage_model asc nulls last,
        person_number asc nulls last,
        transition_number asc nulls last
)

select * from sorted
