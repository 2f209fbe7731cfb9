with assigned as (
    select * from {{ ref('int_experiment_people_assigned') }}
),

visits as (
    select * from {{ ref('int_visits_sessionized') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

windows as (
    select
        assigned.experiment,
        assigned.person_id,
        assigned.variant,
        assigned.assigned_at,
        {{ add_days('assigned.assigned_at', 'settings.experiment_window_days') }} as measured_until
    from assigned
    cross join settings
),

visited as (
    select distinct
        windows.experiment,
        windows.person_id
    from visits
    inner join windows
        on
            visits.person_id = windows.person_id
            and visits.started_at >= windows.assigned_at
            and visits.started_at < windows.measured_until
    where visits.has_web
),

converted as (
    select
        windows.experiment,
        windows.person_id,
        -- An order without a rate converts, and stays out of the sums.
        cast(coalesce(sum(orders.net_revenue), 0) as decimal(18, 2)) as net_revenue
    from orders
    inner join windows
        on
            orders.person_id = windows.person_id
            and orders.ordered_at >= windows.assigned_at
            and orders.ordered_at < windows.measured_until
    where orders.is_counted
    group by windows.experiment, windows.person_id
),

measured as (
    select
        windows.experiment,
        windows.person_id,
        windows.variant,
        windows.assigned_at,
        visited.person_id is not null as has_visit,
        converted.person_id is not null as has_conversion,
        coalesce(converted.net_revenue, cast(0 as decimal(18, 2))) as net_revenue
    from windows
    left join visited
        on
            windows.experiment = visited.experiment
            and windows.person_id = visited.person_id
    left join converted
        on
            windows.experiment = converted.experiment
            and windows.person_id = converted.person_id
)

select * from measured
