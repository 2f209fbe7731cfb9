with entries as (
    select * from {{ ref('int_entries_followed') }}
),

places as (
    select * from {{ ref('int_places_spanned') }}
),

-- many stages of the models cover the same canonical ones; nothing below depends on their names
spans as (
    select distinct
        first_place,
        last_place
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
        -- whoever has not left the last of the entries is still there
        case when count(left_at) = count(*) then max(left_at) end as left_at
    from numbered
    group by first_place, last_place, person_number, stay_number
),

spanned as (
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
)

select * from spanned
