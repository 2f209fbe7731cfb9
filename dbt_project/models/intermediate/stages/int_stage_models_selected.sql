with stage_models as (
    select * from {{ ref('stage_models') }}
),

stages as (
    select * from {{ ref('stages') }}
),

setting_values as (
    select * from {{ ref('stg_run__setting_values') }}
),

chosen as (
    select distinct value as stage_model
    from setting_values
    where setting = 'stage_models'
),

chosen_count as (
    select count(*) as chosen_model_count
    from chosen
),

-- an empty setting means every model of the seed
selected as (
    select
        stage_models.stage_model,
        stage_models.canonical_stage,
        stages.stage_position as canonical_position,
        stage_models.stage,
        stage_models.stage_position
    from stage_models
    inner join stages
        on stage_models.canonical_stage = stages.stage
    cross join chosen_count
    left join chosen
        on stage_models.stage_model = chosen.stage_model
    where
        chosen_count.chosen_model_count = 0
        or chosen.stage_model is not null
)

select * from selected
