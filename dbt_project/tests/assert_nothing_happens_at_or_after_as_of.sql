with settings as (
    select * from {{ source('run', 'settings') }}
),

touchpoints as (
    select * from {{ ref('touchpoints') }}
),

last_one as (
    select max(occurred_at) as occurred_at
    from touchpoints
),

too_late as (
    select last_one.occurred_at
    from last_one
    cross join settings
    where last_one.occurred_at >= settings.as_of
)

select * from too_late
