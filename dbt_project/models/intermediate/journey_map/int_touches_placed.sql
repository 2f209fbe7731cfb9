{{ config(meta={'keyed_by': 'person_number'}) }}

{%- set stage_count = canonical_stage_count() | int -%}
with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

visits as (
    select * from {{ ref('int_visits_assigned_to_stages') }}
),

entries as (
    select * from {{ ref('int_entries_followed') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

visit_entries as (
    select
        person_number,
        visit_number,
        count(*) as entry_count,
        min(entered_at) as first_entered_at
    from entries
    where visit_number is not null
    group by person_number, visit_number
),

-- entries lie in visits and lapses between them, so their numbers up to a visit add up
visits_begun as (
    select
        visits.person_id,
        visits.person_number,
        visits.visit_number,
        visit_entries.first_entered_at,
        coalesce(sum(
            coalesce(visit_entries.entry_count, 0)
            + case when visits.lapsed_at is null then 0 else 1 end
        ) over (
            partition by visits.person_number
            order by visits.visit_number asc nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as entry_number
    from visits
    left join visit_entries
        on
            visits.person_number = visit_entries.person_number
            and visits.visit_number = visit_entries.visit_number
),

-- what holds in a visit: what was entered before it, then each of its own entries. A touch then
-- meets the few entries of its visit and not all those of its person
held as (
    select
        person_id,
        person_number,
        visit_number,
        cast(entry_number as {{ dbt.type_int() }}) as entry_number,
        cast(null as {{ dbt.type_timestamp() }}) as held_from,
        first_entered_at as held_until
    from visits_begun
    union all
    select
        person_id,
        person_number,
        visit_number,
        entry_number,
        entered_at as held_from,
        left_at as held_until
    from entries
    where visit_number is not null
),

placed as (
    select
        held.person_number,
        held.entry_number,
        touchpoints.touchpoint,
        touchpoints.occurred_at,
        {{ local_date('touchpoints.occurred_at', 'settings.reporting_time_zone') }} as touch_date,
        {{ add_days('touchpoints.occurred_at', follow_up_days()) }} as followed_until
    from touchpoints
    cross join settings
    inner join held
        on
            touchpoints.person_id = held.person_id
            and touchpoints.visit_number = held.visit_number
    where
        touchpoints.is_inbound
        and (held.held_from is null or touchpoints.occurred_at >= held.held_from)
        and (held.held_until is null or touchpoints.occurred_at < held.held_until)
),

advanced as (
    select
        placed.person_number,
        placed.entry_number,
        entries.place,
        placed.touchpoint,
        placed.occurred_at,
        placed.touch_date,
        placed.followed_until,
        cast(case
            {% for position in range(stage_count, 0, -1) %}
            when entries.reaches_{{ position }}_at < placed.followed_until then {{ position }}
            {% endfor %}
            else 0
        end as {{ dbt.type_int() }}) as furthest_position
    from placed
    inner join entries
        on
            placed.person_number = entries.person_number
            and placed.entry_number = entries.entry_number
)

select * from advanced
