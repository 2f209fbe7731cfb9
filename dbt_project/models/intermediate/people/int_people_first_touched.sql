with visits as (
    select * from {{ ref('visits') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

people_visited as (
    select
        person_id,
        min(started_at) as first_touch_at,
        max(ended_at) as last_touch_at,
        cast(count(*) as integer) as visit_count,
        min(case when device is not null then visit_number end) as first_visit_with_device,
        min(case when country is not null then visit_number end) as first_visit_with_country
    from visits
    group by person_id
),

first_orders as (
    select
        person_id,
        ordered_at,
        visit_number
    from orders
    where order_number = 1
),

people as (
    select
        people_visited.person_id,
        people_visited.first_touch_at,
        people_visited.last_touch_at,
        first_visits.channel as acquisition_channel,
        first_visits.campaign as acquisition_campaign,
        visits_with_device.device,
        visits_with_country.country,
        people_visited.visit_count,
        first_orders.ordered_at as first_order_at,
        first_orders.visit_number as first_order_visit_number
    from people_visited
    inner join visits as first_visits
        on
            people_visited.person_id = first_visits.person_id
            and first_visits.visit_number = 1
    left join visits as visits_with_device
        on
            people_visited.person_id = visits_with_device.person_id
            and people_visited.first_visit_with_device = visits_with_device.visit_number
    left join visits as visits_with_country
        on
            people_visited.person_id = visits_with_country.person_id
            and people_visited.first_visit_with_country = visits_with_country.visit_number
    left join first_orders on people_visited.person_id = first_orders.person_id
)

select * from people
