{{ config(meta={'keyed_by': 'person_id'}) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

inbound as (
    select
        person_id,
        visit_number,
        occurred_at,
        touchpoint_id,
        kind,
        is_web,
        channel,
        campaign,
        device,
        country
    from touchpoints
    where is_inbound
),

spans as (
    select
        person_id,
        visit_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        cast(count(*) as integer) as touchpoint_count,
        max(case when is_web then 1 else 0 end) = 1 as has_web,
        max(case when kind = 'email_events' then 1 else 0 end) = 1 as has_email
    from inbound
    group by person_id, visit_number
),

-- Of one instant the smaller touchpoint_id is the earlier one.
inbound_in_order as (
    select
        *,
        {{ ordering_key(['occurred_at', 'touchpoint_id']) }} as place
    from inbound
),

channels as (
    select
        person_id,
        visit_number,
        {{ value_at_min('channel', 'place') }} as channel,
        {{ value_at_min('campaign', 'place') }} as campaign
    from inbound_in_order
    where channel is not null
    group by person_id, visit_number
),

devices as (
    select
        person_id,
        visit_number,
        {{ value_at_min('device', 'place') }} as device
    from inbound_in_order
    where device is not null
    group by person_id, visit_number
),

countries as (
    select
        person_id,
        visit_number,
        {{ value_at_min('country', 'place') }} as country
    from inbound_in_order
    where country is not null
    group by person_id, visit_number
),

visits as (
    select
        spans.person_id,
        spans.visit_number,
        spans.person_id || '#' || cast(spans.visit_number as {{ dbt.type_string() }}) as visit_id,
        spans.started_at,
        spans.ended_at,
        spans.touchpoint_count,
        spans.has_web,
        spans.has_email,
        coalesce(channels.channel, 'direct') as channel,
        channels.campaign,
        devices.device,
        countries.country,
        {{ microseconds_between('spans.started_at', 'spans.ended_at') }} > 86400000000
            as is_overlong
    from spans
    left join channels
        on
            spans.person_id = channels.person_id
            and spans.visit_number = channels.visit_number
    left join devices
        on
            spans.person_id = devices.person_id
            and spans.visit_number = devices.visit_number
    left join countries
        on
            spans.person_id = countries.person_id
            and spans.visit_number = countries.visit_number
),

sorted as (
    select
        visit_id,
        person_id,
        visit_number,
        started_at,
        ended_at,
        touchpoint_count,
        has_web,
        has_email,
        channel,
        campaign,
        device,
        country,
        is_overlong
    from visits
    order by person_id asc nulls last, visit_number asc nulls last
)

select * from sorted
