{{ config(meta={'keyed_by': 'person_number'}) }}

with touches as (
    select * from {{ ref('int_touches_placed') }}
),

last_touches as (
    select * from {{ ref('int_last_touches_picked') }}
),

places as (
    select * from {{ ref('int_stage_places_listed') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

entries as (
    select * from {{ ref('int_entries_followed') }}
),

-- many stages of the models cover the same canonical ones; nothing below depends on their names
spans as (
    select distinct
        first_place,
        last_place,
        behind_position
    from places
),

covered as (
    select
        spans.first_place,
        spans.last_place,
        entries.person_number,
        entries.entry_number,
        entries.entered_at,
        entries.left_at,
        lag(entries.entry_number) over (
            partition by spans.first_place, spans.last_place, entries.person_number
            order by entries.entry_number asc nulls last
        ) as previous_entry_number
    from entries
    inner join spans
        on
            entries.place >= spans.first_place
            and entries.place <= spans.last_place
),

-- entries that follow one another within the span are one stay
numbered as (
    select
        *,
        sum(case when entry_number = previous_entry_number + 1 then 0 else 1 end) over (
            partition by first_place, last_place, person_number
            order by entry_number asc nulls last
            rows between unbounded preceding and current row
        ) as stay_number
    from covered
),

bounded as (
    select
        first_place,
        last_place,
        person_number,
        stay_number,
        min(entered_at) as entered_at,
        -- a person who has not left the last of the entries is still there
        case when count(left_at) = count(*) then max(left_at) end as left_at
    from numbered
    group by first_place, last_place, person_number, stay_number
),

stays as (
    select
        numbered.first_place,
        numbered.last_place,
        numbered.person_number,
        numbered.entry_number,
        cast(numbered.stay_number as {{ dbt.type_int() }}) as stay_number,
        {{ microseconds_between('bounded.entered_at', 'bounded.left_at') }} as stay_microseconds
    from numbered
    inner join bounded
        on
            numbered.first_place = bounded.first_place
            and numbered.last_place = bounded.last_place
            and numbered.person_number = bounded.person_number
            and numbered.stay_number = bounded.stay_number
),

-- all that a person did in one stage comes down to a row per touchpoint before it is split by span
gathered as (
    select
        person_number,
        entry_number,
        touchpoint,
        touch_date,
        furthest_position,
        count(*) as touches
    from touches
    group by
        person_number,
        entry_number,
        touchpoint,
        touch_date,
        furthest_position
),

recent_days as (
    select {{ map_days_from('settings') }} as first_date
    from settings
),

counted as (
    select
        stays.first_place,
        stays.last_place,
        gathered.person_number,
        stays.stay_number,
        gathered.touchpoint,
        {{ period_start('month', 'gathered.touch_date') }} as month,
        gathered.touch_date >= recent_days.first_date as is_recent,
        cast(sum(gathered.touches) as bigint) as touches,
        cast(sum(
            case
                when gathered.furthest_position > spans.behind_position then gathered.touches
                else 0
            end
        ) as bigint) as forward_touches,
        max(case when last_touches.touchpoint is null then 0 else 1 end) as is_last_touch,
        max(stays.stay_microseconds) as stay_microseconds
    from gathered
    cross join recent_days
    inner join stays
        on
            gathered.person_number = stays.person_number
            and gathered.entry_number = stays.entry_number
    inner join spans
        on
            stays.first_place = spans.first_place
            and stays.last_place = spans.last_place
    left join last_touches
        on
            gathered.person_number = last_touches.person_number
            and gathered.entry_number = last_touches.entry_number
            and gathered.touchpoint = last_touches.touchpoint
            and gathered.touch_date = last_touches.touch_date
    group by
        stays.first_place,
        stays.last_place,
        gathered.person_number,
        stays.stay_number,
        gathered.touchpoint,
        {{ period_start('month', 'gathered.touch_date') }},
        gathered.touch_date >= recent_days.first_date
)

select * from counted
