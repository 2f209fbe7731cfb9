with touches as (
    select * from {{ ref('int_touches_placed') }}
),

last_touches as (
    select * from {{ ref('int_last_touches_picked') }}
),

stays as (
    select * from {{ ref('int_stays_spanned') }}
),

places as (
    select * from {{ ref('int_places_spanned') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

spans as (
    select distinct
        first_place,
        last_place,
        behind_position
    from places
),

-- all that a person did in one stage comes down to a row a touchpoint before it is told in spans
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
