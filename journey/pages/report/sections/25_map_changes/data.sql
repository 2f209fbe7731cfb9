select
    stage_model,
    comparison,
    stage,
    touchpoint,
    metric,
    first_date_before,
    first_date,
    last_date,
    people_before,
    people,
    value_before,
    value_now,
    difference,
    p_value
from marts.journey_map_changes
where is_news
order by
    stage_model in (
        select stage_names.stage_model from marts.stage_names
        where stage_names.is_default
    ) desc,
    stage_model,
    comparison asc,
    abs(difference) desc,
    stage,
    touchpoint asc,
    metric asc
