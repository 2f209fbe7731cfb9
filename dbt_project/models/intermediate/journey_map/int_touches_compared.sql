with touches as (
    select * from {{ ref('int_touches_placed') }}
),

last_touches as (
    select * from {{ ref('int_last_touches_picked') }}
),

places as (
    select * from {{ ref('int_stage_places_listed') }}
),

windows as (
    select *
    from {{ ref('int_map_windows_dated') }}
    where is_measured
),

windows_behind as (
    select distinct
        windows.first_place,
        windows.last_place,
        windows.metric,
        windows.comparison,
        windows.is_now,
        windows.first_date,
        windows.last_date,
        places.behind_position
    from windows
    inner join places
        on
            windows.first_place = places.first_place
            and windows.last_place = places.last_place
),

first_days as (
    select min(first_date) as first_date
    from windows
),

-- all that a person did of one kind in one stage on a day comes down to a row
gathered as (
    select
        touches.person_number,
        touches.place,
        touches.touchpoint,
        touches.touch_date,
        max(touches.furthest_position) as furthest_position,
        max(case when last_touches.touchpoint is null then 0 else 1 end) as is_last_touch
    from touches
    inner join first_days on touches.touch_date >= first_days.first_date
    left join last_touches
        on
            touches.person_number = last_touches.person_number
            and touches.entry_number = last_touches.entry_number
            and touches.touchpoint = last_touches.touchpoint
            and touches.touch_date = last_touches.touch_date
    group by touches.person_number, touches.place, touches.touchpoint, touches.touch_date
),

people_windowed as (
    select
        windows_behind.first_place,
        windows_behind.last_place,
        windows_behind.metric,
        windows_behind.comparison,
        windows_behind.is_now,
        gathered.touchpoint,
        gathered.person_number,
        max(case
            when windows_behind.metric = 'drop_off_rate' then gathered.is_last_touch
            when windows_behind.metric = 'share_of_people' then 1
            when gathered.furthest_position > windows_behind.behind_position then 1
            else 0
        end) as is_counted
    from gathered
    inner join windows_behind
        on
            gathered.place >= windows_behind.first_place
            and gathered.place <= windows_behind.last_place
            and gathered.touch_date >= windows_behind.first_date
            and gathered.touch_date <= windows_behind.last_date
    group by
        windows_behind.first_place,
        windows_behind.last_place,
        windows_behind.metric,
        windows_behind.comparison,
        windows_behind.is_now,
        gathered.touchpoint,
        gathered.person_number
),

stage_people as (
    select
        first_place,
        last_place,
        comparison,
        count(distinct case when is_now then person_number end) as people,
        count(distinct case when not is_now then person_number end) as people_before
    from people_windowed
    where metric = 'share_of_people'
    group by first_place, last_place, comparison
),

counted as (
    select
        first_place,
        last_place,
        metric,
        comparison,
        touchpoint,
        sum(case when is_now then 1 else 0 end) as people,
        sum(case when is_now then is_counted else 0 end) as people_counted,
        sum(case when is_now then 0 else 1 end) as people_before,
        sum(case when is_now then 0 else is_counted end) as people_counted_before
    from people_windowed
    group by first_place, last_place, metric, comparison, touchpoint
),

-- a share is one of all people of the stage in the window
compared as (
    select
        counted.first_place,
        counted.last_place,
        counted.metric,
        counted.comparison,
        counted.touchpoint,
        cast(case
            when counted.metric = 'share_of_people' then stage_people.people
            else counted.people
        end as bigint) as people,
        cast(counted.people_counted as bigint) as people_counted,
        cast(case
            when counted.metric = 'share_of_people' then stage_people.people_before
            else counted.people_before
        end as bigint) as people_before,
        cast(counted.people_counted_before as bigint) as people_counted_before
    from counted
    left join stage_people
        on
            counted.first_place = stage_people.first_place
            and counted.last_place = stage_people.last_place
            and counted.comparison = stage_people.comparison
)

select * from compared
