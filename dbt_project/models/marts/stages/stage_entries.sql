{{ config(meta={'keyed_by': 'person_id'}) }}

with entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

sorted as (
    select
        person_id,
        entry_number,
        stage,
        stage_position,
        entered_at,
        touchpoint_id,
        touchpoint,
        visit_number,
        channel,
        campaign
    from entries
    order by
        person_number asc nulls last,
        entry_number asc nulls last
)

select * from sorted
