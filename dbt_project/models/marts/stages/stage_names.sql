with stage_models as (
    select * from {{ ref('int_stage_models_selected') }}
),

sorted as (
    select
        stage_model,
        stage_model_number,
        is_default,
        canonical_stage,
        canonical_position,
        stage,
        stage_position
    from stage_models
    order by
        stage_model_number asc nulls last,
        canonical_position asc nulls last
)

select * from sorted
