with people_touched as (
    select * from {{ ref('int_people_first_touched') }}
),

stage_entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

stages as (
    select * from {{ ref('stages') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

customers as (
    select * from {{ ref('stg_customers__customers') }}
),

stages_reached as (
    select
        person_id,
        {{ value_at_max('stage', 'entry_number') }} as current_stage,
        max(stage_position) as furthest_position
    from stage_entries
    group by person_id
),

orders_summed as (
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

customer_facts as (
    select
        'cust:' || customer_id as person_id,
        country,
        marketing_consent
    from customers
),

people as (
    select
        people_touched.person_id,
        people_touched.first_touch_at,
        people_touched.last_touch_at,
        people_touched.acquisition_channel,
        people_touched.acquisition_campaign,
        stages_reached.current_stage,
        stages.stage as furthest_stage,
        people_touched.visit_count,
        coalesce(orders_summed.order_count, 0) as order_count,
        coalesce(orders_summed.net_revenue, cast(0 as decimal(18, 2))) as net_revenue,
        orders_summed.first_order_at,
        orders_summed.last_order_at,
        coalesce(customer_facts.country, people_touched.country) as country,
        people_touched.device,
        customer_facts.marketing_consent
    from people_touched
    left join stages_reached on people_touched.person_id = stages_reached.person_id
    left join stages on stages_reached.furthest_position = stages.stage_position
    left join orders_summed on people_touched.person_id = orders_summed.person_id
    left join customer_facts on people_touched.person_id = customer_facts.person_id
),

sorted as (
    select *
    from people
    order by person_id asc nulls last
)

select * from sorted
