select
    stage_model,
    stage,
    touchpoint,
    replace(replace(metric, '_7d', ' in 7 days'), '_', ' ') as metric,
    days_before,
    touches,
    value_before,
    value_now,
    difference,
    p_value
from marts.journey_map_changes
where is_news
order by stage_model, abs(difference) desc, stage, touchpoint, metric, days_before
