{{ config(meta={'keyed_by': 'person_number'}) }}

{%- set stage_count = canonical_stage_count() | int -%}
with entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

visits as (
    select * from {{ ref('int_visits_assigned_to_stages') }}
),

-- all people begin in no stage
begun as (
    select
        person_id,
        person_number,
        cast(0 as {{ dbt.type_int() }}) as entry_number,
        cast(0 as {{ dbt.type_int() }}) as place,
        cast(null as {{ dbt.type_int() }}) as stage_position,
        cast(null as {{ dbt.type_timestamp() }}) as entered_at,
        cast(null as {{ dbt.type_int() }}) as visit_number
    from visits
    where visit_number = 1
    union all
    select
        person_id,
        person_number,
        entry_number,
        coalesce(stage_position, {{ lapsed_place() }}) as place,
        stage_position,
        entered_at,
        visit_number
    from entries
),

followed as (
    select
        person_id,
        person_number,
        entry_number,
        place,
        entered_at,
        visit_number,
        {% for position in range(1, stage_count + 1) %}
        min(case when stage_position >= {{ position }} then entered_at end) over later_entries
            as reaches_{{ position }}_at,
        {% endfor %}
        lead(entered_at) over (
            partition by person_number order by entry_number asc nulls last
        ) as left_at
    from begun
    window later_entries as (
        partition by person_number
        order by entry_number asc nulls last
        rows between 1 following and unbounded following
    )
)

select * from followed
