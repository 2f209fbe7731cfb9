with stages as (
    select stage_model, stage, stage_position
    from marts.stage_occupancy
),

touchpoint_sizes as (
    select
        *,
        sum(touches) over (partition by stage_model, touchpoint) as touchpoint_touches
    from marts.journey_map
),

sorted as (
    select
        journey_map.stage_model,
        journey_map.stage,
        journey_map.touchpoint,
        journey_map.people,
        journey_map.touches,
        journey_map.forward_rate_7d,
        journey_map.drop_off_rate,
        journey_map.median_hours_in_stage,
        journey_map.nps,
        journey_map.csat,
        journey_map.support_tickets_7d,
        journey_map.curated_goal,
        journey_map.curated_emotion,
        journey_map.curated_opportunity,
        journey_map.curated_owner,
        journey_map.target_metric,
        journey_map.target,
        journey_map.actual,
        journey_map.is_met
    from touchpoint_sizes as journey_map
    left join stages
        on journey_map.stage_model = stages.stage_model and journey_map.stage = stages.stage
    order by
        journey_map.stage_model,
        stages.stage_position nulls last,
        journey_map.touchpoint_touches desc,
        journey_map.touchpoint
)

select * from sorted
