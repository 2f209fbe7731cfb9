with people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

grids as (
    select * from {{ ref('cohort_grids') }}
),

based as (
    select
        'first_touch' as cohort_basis,
        person_id,
        first_touch_at as cohort_at
    from people
    union all
    select
        'first_order' as cohort_basis,
        person_id,
        first_order_at as cohort_at
    from people
),

localised as (
    select
        based.cohort_basis,
        based.person_id,
        based.cohort_at,
        {{ local_date('based.cohort_at', 'settings.reporting_time_zone') }} as cohort_date,
        {{ last_date('settings') }} as last_date
    from based
    cross join settings
    where based.cohort_at is not null
),

started as (
    select
        localised.cohort_basis,
        grids.grain,
        localised.person_id,
        localised.cohort_at,
        {{ by_grain('grids.grain', period_start, 'localised.cohort_date') }} as cohort_start,
        localised.last_date,
        grids.cohort_days
    from localised
    cross join grids
),

dated as (
    select
        cohort_basis,
        grain,
        person_id,
        cohort_at,
        cohort_start
    from started
    where
        cohort_days is null
        or {{ dbt.datediff('cohort_start', 'last_date', 'day') }} < cohort_days
)

select * from dated
