with stage_rules as (
    select * from {{ ref('stage_rules') }}
),

stages as (
    select * from {{ ref('stages') }}
),

unknown as (
    select stage_rules.position
    from stage_rules
    left join stages on stage_rules.stage = stages.stage
    where
        stage_rules.phase not in ('before', 'own', 'after')
        or (coalesce(stage_rules.stage, '') <> '' and stages.stage is null)
)

select * from unknown
