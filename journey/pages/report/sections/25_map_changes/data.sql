-- After a pause, the newest version that is old enough may be far older than its days say.
select
    stage_model,
    stage,
    touchpoint,
    replace(replace(metric, '_7d', ' in 7 days'), '_', ' ') as metric,
    days_before,
    cast(as_of_before as date) as as_of_before,
    touches,
    value_before,
    value_now,
    difference,
    p_value
from marts.journey_map_changes
where is_news and as_of_before >= getvariable('as_of') - to_days(2 * days_before)
order by stage_model, abs(difference) desc, stage, touchpoint, metric, days_before
