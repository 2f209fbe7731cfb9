with stages as (
    select * from {{ ref('int_stages_spanned') }}
),

-- before a first entry and after a lapse there is no stage: every stage lies ahead of these places
places_without_stage as (
    select distinct
        stage_model,
        'none' as stage,
        cast(0 as {{ dbt.type_int() }}) as place
    from stages
    union all
    select distinct
        stage_model,
        'lapsed' as stage,
        cast({{ lapsed_place() }} as {{ dbt.type_int() }}) as place
    from stages
),

spanned as (
    select
        stage_model,
        stage,
        stage_position,
        first_position as first_place,
        last_position as last_place,
        last_position as behind_position,
        is_last
    from stages
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

select * from spanned
