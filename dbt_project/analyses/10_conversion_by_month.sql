-- Is last month's conversion really worse, or is it only younger?
-- conversion_rate falls for young months, whose people are still on their way (still_open_rate).
-- Compare conversion_rate_in_window: it gives all people the same window_days, and is null before
-- they have passed.
select
    month,
    stage,
    entered,
    conversion_rate,
    conversion_rate_in_window,
    window_days,
    still_open / nullif(entered, 0) as still_open_rate
from marts.stage_funnel
where
    stage_model in (
        select names.stage_model
        from marts.stage_names as names
        where names.is_default
    )
    and month is not null
    and acquisition_channel is null
    and stage_position < (
        select names.stage_position
        from marts.stage_names as names
        where names.is_default and names.canonical_stage = 'purchase'
    )
order by stage_position asc nulls last, month asc nulls last
