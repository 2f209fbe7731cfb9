with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

stage_rules as (
    select * from {{ ref('stage_rules') }}
),

touchpoint_kinds as (
    select distinct
        touchpoint,
        score
    from touchpoints
    where is_inbound
),

-- A rule for `web:*` holds for every touchpoint that begins with `web:`.
rules_ranked as (
    select
        touchpoint_kinds.touchpoint,
        touchpoint_kinds.score,
        stage_rules.phase,
        stage_rules.stage,
        row_number() over (
            partition by
                touchpoint_kinds.touchpoint,
                touchpoint_kinds.score,
                stage_rules.phase
            order by stage_rules.position asc nulls last
        ) as rule_rank
    from touchpoint_kinds
    inner join stage_rules
        on
            (
                touchpoint_kinds.touchpoint = stage_rules.touchpoint
                or (
                    stage_rules.touchpoint like '%*'
                    and substr(
                        touchpoint_kinds.touchpoint, 1, length(stage_rules.touchpoint) - 1
                    ) = replace(stage_rules.touchpoint, '*', '')
                )
            )
            and (
                stage_rules.min_score is null
                or touchpoint_kinds.score >= stage_rules.min_score
            )
),

signals as (
    select
        touchpoint,
        score,
        phase,
        stage
    from rules_ranked
    where rule_rank = 1 and coalesce(stage, '') <> ''
)

select * from signals
