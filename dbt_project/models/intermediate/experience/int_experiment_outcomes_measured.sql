with visits as (
    select * from {{ ref('visits') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

web_events as (
    select * from {{ ref('stg_web__events') }}
),

email_events as (
    select * from {{ ref('stg_email__events') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

outbound_touchpoints as (
    select * from {{ ref('outbound_touchpoints') }}
),

exposures as (
    select
        {{ touchpoint_id("'web_events'", 'source', 'event_id') }} as touchpoint_id,
        experiment,
        variant
    from web_events
    where experiment is not null and variant is not null

    union all

    select
        {{ touchpoint_id("'email_events'", 'source', 'event_id') }} as touchpoint_id,
        experiment,
        variant
    from email_events
    where experiment is not null and variant is not null
),

-- A mail that was sent, or held back, shows whose it was to be; what a machine opened does not.
seen as (
    select
        exposures.experiment,
        exposures.variant,
        touchpoints.person_id,
        touchpoints.occurred_at,
        touchpoints.touchpoint_id
    from touchpoints
    inner join exposures on touchpoints.touchpoint_id = exposures.touchpoint_id
    left join outbound_touchpoints
        on
            touchpoints.touchpoint = outbound_touchpoints.touchpoint
            and outbound_touchpoints.is_only_by_machine
            and touchpoints.is_machine
    where not touchpoints.is_bot and outbound_touchpoints.touchpoint is null
),

assigned as (
    select
        experiment,
        person_id,
        {{ value_at_min('variant', ordering_key(['occurred_at', 'touchpoint_id'])) }} as variant,
        min(occurred_at) as assigned_at
    from seen
    group by experiment, person_id
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
