{{ config(
    meta={'description': 'Stage models name every canonical stage, no other, and never reverse the order'}
) }}

with stage_models as (
    select * from {{ ref('stage_models') }}
),

stages as (
    select * from {{ ref('stages') }}
),

models as (
    select distinct stage_model
    from stage_models
),

named as (
    select
        models.stage_model,
        stages.stage as canonical_stage,
        stages.stage_position as canonical_position,
        stage_models.stage,
        stage_models.stage_position
    from models
    cross join stages
    left join stage_models
        on
            models.stage_model = stage_models.stage_model
            and stages.stage = stage_models.canonical_stage
),

followed as (
    select
        *,
        lag(stage) over each_model as previous_stage,
        lag(stage_position, 1, 0) over each_model as previous_position
    from named
    window each_model as (
        partition by stage_model
        order by canonical_position asc nulls last
    )
),

-- the same name stays where it is, a new one is the next, and then no name can come back
broken as (
    select *
    from followed
    where
        stage is null
        or stage in ('start', 'lapsed')
        or stage_position <> previous_position
        + case when stage = coalesce(previous_stage, '') then 0 else 1 end
),

places as (
    select
        stage_model,
        stage
    from stage_models
    group by
        stage_model,
        stage
    having min(stage_position) <> max(stage_position)
),

unknown as (
    select
        stage_models.stage_model,
        stage_models.stage
    from stage_models
    left join stages on stage_models.canonical_stage = stages.stage
    where stages.stage is null
),

wrong as (
    select
        stage_model,
        stage
    from broken
    union all
    select
        stage_model,
        stage
    from places
    union all
    select
        stage_model,
        stage
    from unknown
)

select * from wrong
