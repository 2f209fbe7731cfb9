{{ config(meta={'description': 'The setting stage_models names stage models of the seed'}) }}

with setting_values as (
    select * from {{ source('run', 'setting_values') }}
),

stage_models as (
    select * from {{ ref('stage_models') }}
),

unknown as (
    select setting_values.value as stage_model
    from setting_values
    left join stage_models
        on setting_values.value = stage_models.stage_model
    where
        setting_values.setting = 'stage_models'
        and stage_models.stage_model is null
)

select * from unknown
