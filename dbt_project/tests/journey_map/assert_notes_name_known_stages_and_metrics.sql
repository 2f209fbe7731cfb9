{{ config(
    meta={'description': 'Notes on the journey map name known stages and metrics, and whole targets'}
) }}

with notes as (
    select * from {{ ref('journey_map_notes') }}
),

stage_models as (
    select * from {{ ref('stage_models') }}
),

known_stages as (
    select distinct
        stage_model,
        stage
    from stage_models
    union distinct
    select distinct
        stage_model,
        'none' as stage
    from stage_models
    union distinct
    select distinct
        stage_model,
        'lapsed' as stage
    from stage_models
),

unknown as (
    select
        notes.stage_model,
        notes.stage,
        notes.touchpoint,
        notes.target_metric
    from notes
    left join known_stages
        on
            notes.stage_model = known_stages.stage_model
            and notes.stage = known_stages.stage
    where
        known_stages.stage is null
        or (
            notes.target_metric is not null
            {% for metric in map_metrics() %}
            and notes.target_metric <> '{{ metric }}'
            {% endfor %}
        )
        -- a metric without a target, or a target of nothing
        or (notes.target_metric is null) <> (notes.target is null)
)

select * from unknown
