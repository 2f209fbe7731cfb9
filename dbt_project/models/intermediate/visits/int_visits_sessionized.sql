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

{% for name, told in [
    ('channels', 'channel'), ('devices', 'device'), ('countries', 'country')
] %}
{{ name }} as (
    select
        person_id,
        visit_number,
        {% if name == 'channels' -%}
            {{ value_at_min('campaign', ordering_key(['occurred_at', 'touchpoint_id'])) }}
                as campaign,
        {% endif -%}
        {{ value_at_min(told, ordering_key(['occurred_at', 'touchpoint_id'])) }} as {{ told }}
    from inbound
    where {{ told }} is not null
    group by person_id, visit_number
),
{% endfor %}

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
    {% for name in ['channels', 'devices', 'countries'] -%}
        left join {{ name }}
            on
                spans.person_id = {{ name }}.person_id
                and spans.visit_number = {{ name }}.visit_number
    {% endfor %}
)

select * from visits
