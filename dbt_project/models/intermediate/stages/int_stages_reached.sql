{{ config(meta={'keyed_by': 'person_id'}) }}

with entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

places as (
    select * from {{ ref('int_stage_places_listed') }}
),

-- many stages of the models cover the same canonical stages; nothing below depends on their names
spans as (
    select distinct
        first_place as first_position,
        last_place as last_position
    from places
    where stage_position is not null
),

first_entries as (
    select
        person_id,
        person_number,
        stage_position,
        min(entered_at) as entered_at
    from entries
    where stage_position is not null
    group by
        person_id,
        person_number,
        stage_position
),

journeys as (
    select
        person_number,
        max(entered_at) as last_entered_at,
        max(case when stage_position is null then entered_at end) as last_lapsed_at
    from entries
    group by person_number
),

-- a stage that a person skipped is reached when a later one is entered
passed as (
    select
        first_entries.person_id,
        first_entries.person_number,
        spans.first_position,
        spans.last_position,
        max(first_entries.stage_position) as furthest_position,
        min(first_entries.entered_at) as reached_at,
        min(
            case
                when first_entries.stage_position <= spans.last_position
                    then first_entries.entered_at
            end
        ) as observed_at,
        min(
            case
                when first_entries.stage_position > spans.last_position
                    then first_entries.entered_at
            end
        ) as advanced_at
    from first_entries
    inner join spans
        on first_entries.stage_position >= spans.first_position
    group by
        first_entries.person_id,
        first_entries.person_number,
        spans.first_position,
        spans.last_position
),

-- who was further along before they were first seen in a stage: only for them does the next step
-- forward differ from the first entry of any later stage
returned as (
    select
        passed.person_number,
        passed.first_position,
        passed.last_position,
        min(entries.entered_at) as moved_on_at
    from passed
    inner join entries
        on
            passed.person_number = entries.person_number
            and passed.last_position < entries.stage_position
            and passed.observed_at <= entries.entered_at
    where passed.advanced_at < passed.observed_at
    group by
        passed.person_number,
        passed.first_position,
        passed.last_position
),

reached as (
    select
        passed.person_id,
        passed.first_position,
        passed.last_position,
        passed.furthest_position <= passed.last_position as is_furthest,
        coalesce(journeys.last_lapsed_at = journeys.last_entered_at, false) as is_lapsed,
        passed.reached_at,
        passed.observed_at,
        passed.advanced_at,
        case
            when passed.observed_at <= passed.advanced_at then passed.advanced_at
            else returned.moved_on_at
        end as moved_on_at
    from passed
    inner join journeys
        on passed.person_number = journeys.person_number
    left join returned
        on
            passed.person_number = returned.person_number
            and passed.first_position = returned.first_position
            and passed.last_position = returned.last_position
)

select * from reached
