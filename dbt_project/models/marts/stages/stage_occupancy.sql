with steps as (
    select * from {{ ref('int_stage_entries_mapped') }}
),

stage_places as (
    select * from {{ ref('int_stage_places_listed') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

-- a person in no stage yet has not entered any
places as (
    select
        stage_model,
        stage,
        stage_position
    from stage_places
    where stage <> 'none'
),

current_stages as (
    select
        steps.stage_model,
        steps.stage,
        {{ microseconds_between('steps.entered_at', 'settings.as_of') }} as microseconds
    from steps
    cross join settings
    where steps.left_at is null
),

measured as (
    select
        stage_model,
        stage,
        count(*) as people,
        {{ median('microseconds') }} as median_microseconds
    from current_stages
    group by
        stage_model,
        stage
),

occupied as (
    select
        places.stage_model,
        settings.as_of,
        places.stage,
        places.stage_position,
        coalesce(measured.people, 0) as people,
        {{ days('measured.median_microseconds') }} as median_days_in_stage
    from places
    cross join settings
    left join measured
        on
            places.stage_model = measured.stage_model
            and places.stage = measured.stage
),

sorted as (
    select *
    from occupied
    order by
        stage_model asc nulls last,
        stage_position asc nulls last
)

select * from sorted
