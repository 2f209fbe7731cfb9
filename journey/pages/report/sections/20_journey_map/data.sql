select
    stage_model,
    stage,
    touchpoint,
    people,
    touches,
    share_of_people,
    forward_rate_7d,
    drop_off_rate,
    median_hours_in_stage,
    nps,
    csat,
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
    stage_model,
    stage = 'none' desc,
    stage_position nulls last,
    touches desc,
    touchpoint
