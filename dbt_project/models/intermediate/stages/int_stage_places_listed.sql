with stage_models as (
    select * from {{ ref('stage_names') }}
),

-- a stage model keeps the canonical order, so what a stage covers is a span of canonical stages
spans as (
    select
        stage_model,
        stage,
        stage_position,
        min(canonical_position) as first_place,
        max(canonical_position) as last_place
    from stage_models
    group by
        stage_model,
        stage,
        stage_position
),

-- before a first entry and after a lapse there is no stage: every stage lies ahead of these places
places_without_stage as (
    select distinct
        stage_model,
        'none' as stage,
        cast(0 as {{ dbt.type_int() }}) as place
    from stage_models
    union all
    select distinct
        stage_model,
        'lapsed' as stage,
        cast({{ lapsed_place() }} as {{ dbt.type_int() }}) as place
    from stage_models
),

listed as (
    select
        stage_model,
        stage,
        stage_position,
        first_place,
        last_place,
        last_place as behind_position,
        stage_position = max(stage_position) over (partition by stage_model) as is_last
    from spans
    union all
    select
        stage_model,
        stage,
        cast(null as {{ dbt.type_int() }}) as stage_position,
        place as first_place,
        place as last_place,
        cast(0 as {{ dbt.type_int() }}) as behind_position,
        false as is_last
    from places_without_stage
)

select * from listed
