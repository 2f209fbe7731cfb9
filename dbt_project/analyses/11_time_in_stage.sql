-- How long do people stay in a stage, and where do they go from there?
-- share_of_from is the chance that the next step leads there; half of those who took it had stayed
-- for less than median_days, nine in ten for less than p90_days. Steps taken by at least 30.
select
    from_stage,
    to_stage,
    transitions,
    share_of_from,
    median_hours / 24 as median_days,
    p90_hours / 24 as p90_days
from marts.stage_transition_matrix
where
    stage_model in (
        select names.stage_model
        from marts.stage_names as names
        where names.is_default
    )
    and month is null
    and acquisition_channel is null
    and from_stage <> 'start'
    and not is_small
order by from_stage asc nulls last, share_of_from desc nulls last
