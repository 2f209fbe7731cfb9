select
    stage_model,
    month,
    acquisition_channel,
    stage,
    entered,
    observed,
    converted,
    still_open,
    dropped,
    conversion_rate,
    drop_off_rate,
    conversion_rate_in_window,
    window_days,
    share_of_start,
    median_hours,
    mean_hours,
    is_small
from marts.stage_funnel
order by
    stage_model in (select stage_model from marts.stage_names where is_default) desc,
    stage_model,
    month nulls first,
    acquisition_channel nulls first,
    stage_position
