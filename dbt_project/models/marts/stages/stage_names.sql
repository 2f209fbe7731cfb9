with stage_models as (
    select * from {{ ref('stage_models') }}
),

stages as (
    select * from {{ ref('stages') }}
),

setting_values as (
    select * from {{ source('run', 'setting_values') }}
),

chosen as (
    select
        value as stage_model,
        min(value_number) as stage_model_number
    from setting_values
    where setting = 'stage_models'
    group by value
),

selected as (
    select
        stage_models.stage_model,
        chosen.stage_model_number,
        chosen.stage_model_number = 1 as is_default,
        stage_models.canonical_stage,
        stages.stage_position as canonical_position,
        stage_models.stage,
        stage_models.stage_position
    from stage_models
    inner join stages
        on stage_models.canonical_stage = stages.stage
    inner join chosen
        on stage_models.stage_model = chosen.stage_model
),

sorted as (
    select *
    from selected
    order by
        stage_model_number asc nulls last,
        canonical_position asc nulls last
)

select * from sorted
