{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_identified') }}
),

visit_slots as (
    select * from {{ ref('int_visit_slots_numbered') }}
),

traffic_sources as (
    select * from {{ ref('int_traffic_sources_classified') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
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
