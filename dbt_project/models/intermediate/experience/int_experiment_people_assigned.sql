with web_events as (
    select * from {{ ref('stg_web__events') }}
),

email_events as (
    select * from {{ ref('int_email_events_judged') }}
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

    -- A mail that was sent, or held back, shows whose it was to be; what a machine opened does not.
    select
        {{ touchpoint_id("'email_events'", 'email_events.source', 'email_events.event_id') }}
            as touchpoint_id,
        email_events.experiment,
        email_events.variant
    from email_events
    left join outbound_touchpoints
        on
            'email:' || email_events.event_name = outbound_touchpoints.touchpoint
            and outbound_touchpoints.is_only_by_machine
            and email_events.is_machine
    where
        email_events.experiment is not null
        and email_events.variant is not null
        and outbound_touchpoints.touchpoint is null
),

seen as (
    select
        exposures.experiment,
        exposures.variant,
        touchpoints.person_id,
        touchpoints.occurred_at,
        touchpoints.touchpoint_id
    from touchpoints
    inner join exposures on touchpoints.touchpoint_id = exposures.touchpoint_id
    where not touchpoints.is_bot
),

assigned as (
    select
        experiment,
        person_id,
        {{ value_at_min('variant', ordering_key(['occurred_at', 'touchpoint_id'])) }} as variant,
        min(occurred_at) as assigned_at
    from seen
    group by experiment, person_id
)

select * from assigned
