-- The same rates by acquisition channel, side by side; the channels with most people first.
select
    stage_model,
    month,
    acquisition_channel as segment,
    stage,
    entered,
    conversion_rate,
    conversion_rate_in_window,
    is_small
from marts.stage_funnel
where acquisition_channel is not null and converted is not null
order by
    stage_model asc,
    month asc nulls first,
    max(entered) over (partition by stage_model, month, acquisition_channel) desc,
    acquisition_channel asc,
    stage_position asc
