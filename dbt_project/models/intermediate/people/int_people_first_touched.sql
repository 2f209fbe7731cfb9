{{ config(meta={'keyed_by': 'person_id'}) }}

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

people_ordered as (
    select
        person_id,
        cast(count(*) as integer) as order_count,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 2)) as net_revenue,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at
    from orders
    where is_counted
    group by person_id
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
        coalesce(people_ordered.order_count, 0) as order_count,
        coalesce(people_ordered.net_revenue, cast(0 as decimal(18, 2))) as net_revenue,
        people_ordered.first_order_at,
        people_ordered.last_order_at
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
    left join people_ordered on people_visited.person_id = people_ordered.person_id
)

select * from people
