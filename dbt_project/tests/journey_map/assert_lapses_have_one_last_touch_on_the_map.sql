{{ config(
    meta={'description': 'People who lapse were last touched by one touchpoint of one stage'}
) }}

with entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

last_touches as (
    select * from {{ ref('int_last_touches_picked') }}
),

lapses as (
    select
        person_number,
        entry_number - 1 as entry_number
    from entries
    where stage = 'lapsed'
),

broken as (
    select
        lapses.person_number,
        lapses.entry_number,
        count(last_touches.touchpoint) as last_touch_count
    from lapses
    left join last_touches
        on
            lapses.person_number = last_touches.person_number
            and lapses.entry_number = last_touches.entry_number
    group by lapses.person_number, lapses.entry_number
    having count(last_touches.touchpoint) <> 1
)

select * from broken
