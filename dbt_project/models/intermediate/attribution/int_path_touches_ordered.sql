{#- A view: touches of orders and of people without one, under one name. -#}
{{ config(materialized='view') }}

with order_touches as (
    select * from {{ ref('int_order_touches_collected') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

visits as (
    select * from {{ ref('int_visits_sessionized') }}
),

path_touches as (
    select
        touchpoint_id as path_id,
        person_id,
        visit_number,
        started_at,
        channel,
        ordered_at as converted_at,
        true as is_conversion
    from order_touches
    where touch_number is not null

    union all

    select
        visits.person_id as path_id,
        visits.person_id,
        visits.visit_number,
        visits.started_at,
        visits.channel,
        cast(null as {{ dbt.type_timestamp() }}) as converted_at,
        false as is_conversion
    from visits
    inner join people on visits.person_id = people.person_id
    where people.first_order_at is null and (visits.has_web or visits.has_email)
)

select * from path_touches
