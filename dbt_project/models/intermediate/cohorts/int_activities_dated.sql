{{ config(meta={'keyed_by': 'person_id'}) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

web_activities as (
    select
        person_id,
        occurred_at
    from touchpoints
    where
        is_inbound
        and is_web
),

counted_orders as (
    select
        person_id,
        ordered_at as occurred_at,
        net_revenue
    from orders
    where is_counted
),

activities as (
    select
        'active' as activity,
        person_id,
        occurred_at,
        cast(null as bigint) as orders,
        cast(null as decimal(18, 2)) as net_revenue
    from web_activities
    union all
    select
        'active' as activity,
        person_id,
        occurred_at,
        cast(null as bigint) as orders,
        cast(null as decimal(18, 2)) as net_revenue
    from counted_orders
    union all
    select
        'order' as activity,
        person_id,
        occurred_at,
        cast(1 as bigint) as orders,
        -- an order without an exchange rate is an order that adds no revenue
        coalesce(net_revenue, cast(0 as decimal(18, 2))) as net_revenue
    from counted_orders
),

placed as (
    select
        activities.activity,
        activities.person_id,
        {{ local_date('activities.occurred_at', 'settings.reporting_time_zone') }} as active_date,
        {{ days_since('people.first_touch_at', 'activities.occurred_at') }}
            as days_since_first_touch,
        {{ days_since('people.first_order_at', 'activities.occurred_at') }}
            as days_since_first_order,
        activities.orders,
        activities.net_revenue
    from activities
    inner join people
        on activities.person_id = people.person_id
    cross join settings
),

-- millions of touchpoints become the few days on which people were there: all grains and windows
-- are made of whole days of one kind or the other
reduced as (
    select
        activity,
        person_id,
        active_date,
        days_since_first_touch,
        days_since_first_order,
        cast(sum(orders) as bigint) as orders,
        cast(sum(net_revenue) as decimal(18, 2)) as net_revenue
    from placed
    group by
        activity,
        person_id,
        active_date,
        days_since_first_touch,
        days_since_first_order
),

-- days of both kinds rise with time, so the row before says whether a period was seen already
dated as (
    select
        activity,
        person_id,
        active_date,
        days_since_first_touch,
        days_since_first_order,
        lag(active_date) over each_person as previous_active_date,
        lag(days_since_first_touch) over each_person as previous_days_since_first_touch,
        lag(days_since_first_order) over each_person as previous_days_since_first_order,
        lead(active_date) over each_person is null as is_last,
        orders,
        net_revenue
    from reduced
    window each_person as (
        partition by activity, person_id
        order by
            active_date asc nulls last,
            days_since_first_touch asc nulls last,
            days_since_first_order asc nulls last
    )
)

select * from dated
