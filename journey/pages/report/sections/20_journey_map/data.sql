select
    period,
    stage_model,
    stage,
    stage_position,
    touchpoint,
    people,
    touches,
    share_of_people,
    forward_rate_7d,
    drop_off_rate,
    median_hours_in_stage,
    nps,
    nps_responses,
    is_nps_small,
    csat,
    csat_responses,
    is_csat_small,
    support_tickets_7d,
    curated_goal,
    curated_emotion,
    curated_opportunity,
    curated_owner,
    target_metric,
    target,
    actual,
    is_met,
    is_small
from marts.journey_map
order by
    period = 'overall' desc,
    period = 'last_90_days' desc,
    period desc,
    stage_model in (
        select stage_names.stage_model from marts.stage_names
        where stage_names.is_default
    ) desc,
    stage_model,
    sum(touches) over (partition by period, stage_model, touchpoint) desc,
    touchpoint asc,
    stage_position asc nulls last
