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
    stage_model in (
        select stage_names.stage_model from marts.stage_names
        where stage_names.is_default
    ) desc,
    stage_model,
    month asc nulls first,
    acquisition_channel asc nulls first,
    stage_position asc
