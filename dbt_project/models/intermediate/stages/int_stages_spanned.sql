with stage_models as (
    select * from {{ ref('int_stage_models_selected') }}
),

-- a stage model keeps the canonical order, so what a stage covers is a span of canonical stages
spans as (
    select
        stage_model,
        stage,
        stage_position,
        min(canonical_position) as first_position,
        max(canonical_position) as last_position
    from stage_models
    group by
        stage_model,
        stage,
        stage_position
),

spanned as (
    select
        stage_model,
        stage,
        stage_position,
        first_position,
        last_position,
        stage_position = max(stage_position) over (partition by stage_model) as is_last
    from spans
)

select * from spanned
