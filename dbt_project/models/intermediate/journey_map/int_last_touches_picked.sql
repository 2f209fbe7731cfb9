{{ config(meta={'keyed_by': 'person_number'}) }}

with touchpoints as (
    select * from {{ ref('touchpoints') }}
),

stages as (
    select * from {{ ref('stages') }}
),

visits as (
    select * from {{ ref('int_visits_assigned_to_stages') }}
),

entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

-- the lapse is the entry after the one that the touch lies in
visits_lapsed as (
    select
        visits.person_id,
        visits.person_number,
        visits.visit_number,
        entries.entry_number - 1 as entry_number
    from visits
    inner join entries
        on
            visits.person_number = entries.person_number
            and visits.lapsed_at = entries.entered_at
    where entries.stage = 'lapsed'
),

walked as (
    select
        visits_lapsed.person_number,
        visits_lapsed.entry_number,
        touchpoints.touchpoint_id,
        touchpoints.touchpoint,
        touchpoints.occurred_at,
        coalesce(stages.stage_position, 0) as signalled_position
    from touchpoints
    inner join visits_lapsed
        on
            touchpoints.person_id = visits_lapsed.person_id
            and touchpoints.visit_number = visits_lapsed.visit_number
    left join stages on touchpoints.stage = stages.stage
    where touchpoints.is_inbound
),

-- last in the order in which stages are walked
picked as (
    select
        person_number,
        entry_number,
        {{ value_at_max('touchpoint', ordering_key([
            'occurred_at', 'signalled_position', 'touchpoint_id'
        ])) }} as touchpoint,
        max(occurred_at) as occurred_at
    from walked
    group by person_number, entry_number
),

dated as (
    select
        picked.person_number,
        picked.entry_number,
        picked.touchpoint,
        {{ local_date('picked.occurred_at', 'settings.reporting_time_zone') }} as touch_date
    from picked
    cross join settings
)

select * from dated
