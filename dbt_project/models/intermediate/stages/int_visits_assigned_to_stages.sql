{#-
    The stage in which a visit finds a person depends on all their visits before, but needs no
    recursion. Whether a person is in the highest stage follows from the signals alone; whether
    they are in a lower one, from the signals and from being in none of the higher. So the stages
    are resolved from the top down, each by one window.
-#}
{{ config(meta={'keyed_by': 'person_id'}) }}
{%- set stage_count = canonical_stage_count() | int -%}
with visits as (
    select * from {{ ref('visits') }}
),

signals as (
    select * from {{ ref('int_stage_signals_advanced') }}
),

stages as (
    select * from {{ ref('stages') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

highest_signals as (
    select
        person_id,
        visit_number,
        max(stage_position) as signalled_position
    from signals
    group by
        person_id,
        visit_number
),

-- sorting and joining by a number costs a fraction of doing it by text. Each person's visits count
-- from 1, so that what stands before them in the order of all visits is one number a person
spaced as (
    select
        person_id,
        cast(row_number() over (
            order by person_id asc nulls last, visit_number asc nulls last
        ) as bigint) - visit_number + {{ first_person_number() }} as person_number,
        visit_number,
        has_web,
        ended_at,
        {{ microseconds_between(
            'lag(ended_at) over (partition by person_id order by visit_number asc nulls last)',
            'started_at'
        ) }} as absent_microseconds,
        lead(started_at) over (
            partition by person_id order by visit_number asc nulls last
        ) as next_started_at
    from visits
),

lapses as (
    select
    {% for position in range(1, stage_count + 1) %}
        max(case when stage_position = {{ position }} then lapse_after_days end)
        * {{ microseconds_per_day() }} as lapse_microseconds_{{ position }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from stages
),

signalled as (
    select
        spaced.person_id,
        spaced.person_number,
        spaced.visit_number,
        spaced.has_web,
        spaced.ended_at,
        spaced.next_started_at,
        highest_signals.signalled_position,
        {% for position in range(1, stage_count + 1) %}
        coalesce(spaced.absent_microseconds > lapses.lapse_microseconds_{{ position }}, false)
            as ends_{{ position }}_by_absence,
        {% endfor %}
        cast(null as {{ dbt.type_int() }}) as held_from_{{ stage_count + 1 }}
    from spaced
    cross join lapses
    left join highest_signals
        on
            spaced.person_id = highest_signals.person_id
            and spaced.visit_number = highest_signals.visit_number
),
{% for position in range(stage_count, 0, -1) %}
{%- set step_before = 'signalled' if loop.first else 'resolved_from_' ~ (position + 1) %}
{%- set held_above = 'held_from_' ~ (position + 1) %}
-- A person is in this stage when an earlier visit set it and none after that one ended it. Its
-- signal sets it, by mail alone only where nothing higher is held; a long absence, a higher signal
-- or a lower one on the web ends it. Absence comes before the signal of the same visit, hence >=.
resolved_from_{{ position }} as (
    select
        *,
        coalesce(
            {{ held_above }},
            case
                when
                    not ends_{{ position }}_by_absence
                    and max(
                        case
                            when
                                signalled_position = {{ position }}
                                and (has_web or {{ held_above }} is null)
                                then visit_number
                        end
                    ) over earlier_visits
                    >= coalesce(
                        max(
                            case
                                when
                                    ends_{{ position }}_by_absence
                                    or signalled_position > {{ position }}
                                    or (has_web and signalled_position < {{ position }})
                                    then visit_number
                            end
                        ) over earlier_visits,
                        0
                    )
                    then {{ position }}
            end
        ) as held_from_{{ position }}
    from {{ step_before }}
    window earlier_visits as (
        partition by person_number
        order by visit_number asc nulls last
        rows between unbounded preceding and 1 preceding
    )
),
{% endfor %}
moved as (
    select
        person_id,
        person_number,
        visit_number,
        ended_at,
        next_started_at,
        signalled_position,
        held_from_1 as position_before,
        case
            when held_from_1 is null or signalled_position >= held_from_1 then signalled_position
            when signalled_position < held_from_1 and has_web then signalled_position
            else held_from_1
        end as position_after
    from resolved_from_1
),

timed as (
    select
        moved.person_id,
        moved.person_number,
        moved.visit_number,
        moved.signalled_position,
        moved.position_before,
        moved.position_after,
        coalesce(moved.next_started_at, settings.as_of) as seen_again_at,
        {{ dbt.dateadd('day', 'stages.lapse_after_days', 'moved.ended_at') }} as lapses_at
    from moved
    cross join settings
    left join stages
        on moved.position_after = stages.stage_position
),

assigned as (
    select
        person_id,
        person_number,
        visit_number,
        signalled_position,
        position_before,
        position_after,
        case when lapses_at < seen_again_at then lapses_at end as lapsed_at
    from timed
)

select * from assigned
