{{ config(
    pre_hook=keep_join_sides(), post_hook=free_join_sides(), meta={'keyed_by': 'person_id'}
) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_identified') }}
),

-- Visits need two narrow columns of the touchpoints, which are millions of wide rows: read apart.
instants as (
    select
        person_id,
        occurred_at
    from {{ ref('int_touchpoints_identified') }}
    where is_inbound
),

traffic_sources as (
    select * from {{ ref('int_traffic_sources_classified') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

instants_slotted as (
    select
        instants.person_id,
        instants.occurred_at,
        {{ visit_slot('instants.occurred_at', 'settings.visit_timeout_minutes') }} as visit_slot
    from instants
    cross join settings
),

slots as (
    select
        person_id,
        visit_slot,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from instants_slotted
    group by person_id, visit_slot
),

slots_preceded as (
    select
        *,
        lag(ended_at) over (
            partition by person_id
            order by visit_slot asc nulls last
        ) as previous_at
    from slots
),

slots_opening as (
    select
        slots_preceded.person_id,
        slots_preceded.visit_slot,
        case
            when
                {{ microseconds_between('previous_at', 'started_at') }}
                <= cast(settings.visit_timeout_minutes as bigint) * 60000000
                then 0
            else 1
        end as opens_visit
    from slots_preceded
    cross join settings
),

visit_slots as (
    select
        person_id,
        visit_slot,
        cast(sum(opens_visit) over (
            partition by person_id
            order by visit_slot asc nulls last
            rows between unbounded preceding and current row
        ) as integer) as visit_number
    from slots_opening
),

slotted as (
    select
        touchpoints.*,
        case
            when touchpoints.is_inbound
                then
                    {{ visit_slot('touchpoints.occurred_at', 'settings.visit_timeout_minutes') }}
        end as visit_slot
    from touchpoints
    cross join settings
),

sessionized as (
    select
        {{ touchpoint_id('slotted.kind', 'slotted.source', 'slotted.key') }} as touchpoint_id,
        slotted.kind,
        slotted.source,
        slotted.person_id,
        slotted.person_id_basis,
        slotted.person_id_latest,
        slotted.occurred_at,
        slotted.touchpoint,
        slotted.is_inbound,
        slotted.is_bot,
        slotted.is_machine,
        slotted.is_web,
        slotted.score,
        coalesce(slotted.channel, traffic_sources.channel) as channel,
        slotted.campaign,
        slotted.device,
        slotted.country,
        slotted.order_id,
        visit_slots.visit_number,
        slotted.person_id
        || '#'
        || cast(visit_slots.visit_number as {{ dbt.type_string() }}) as visit_id
    from slotted
    left join visit_slots
        on
            slotted.person_id = visit_slots.person_id
            and slotted.visit_slot = visit_slots.visit_slot
    left join traffic_sources
        on
            {{ same_key('slotted', 'traffic_sources', [
                'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_parameter'
            ]) }}
)

select * from sessionized
