{{ config(meta={'keyed_by': 'person_id'}) }}

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
),

-- Visits follow one another as orders do, so the smallest number is that of the first order.
first_orders as (
    select
        person_id,
        min(occurred_at) as ordered_at,
        min(visit_number) as visit_number
    from touchpoints
    where touchpoint = 'order:placed'
    group by person_id
),

phased as (
    select
        touchpoints.*,
        case
            when not touchpoints.is_inbound then null
            when first_orders.ordered_at is null then 'before'
            when touchpoints.occurred_at < first_orders.ordered_at then 'before'
            when touchpoints.visit_number > first_orders.visit_number then 'after'
            else 'own'
        end as phase
    from touchpoints
    left join first_orders on touchpoints.person_id = first_orders.person_id
),

signalled as (
    select
        phased.touchpoint_id,
        phased.person_id,
        phased.person_id_basis,
        phased.person_id_latest,
        phased.occurred_at,
        phased.touchpoint,
        phased.is_inbound,
        phased.is_bot,
        phased.is_machine,
        phased.channel,
        phased.campaign,
        phased.device,
        phased.country,
        phased.order_id,
        phased.score,
        phased.phase,
        signals.stage,
        phased.visit_number,
        phased.visit_id
    from phased
    left join signals
        on
            phased.touchpoint = signals.touchpoint
            and phased.phase = signals.phase
            and phased.score is not distinct from signals.score
),

-- A reader who looks for one person's journey then reads little.
sorted as (
    select *
    from signalled
    order by
        person_id asc nulls last,
        occurred_at asc nulls last,
        touchpoint_id asc nulls last
)

select * from sorted
