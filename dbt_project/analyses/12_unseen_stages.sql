-- Which stages do people pass without being seen in them?
-- passed_unseen got further than the stage and were never observed in it: they did that step
-- elsewhere, or it is not tracked. Much of it says where measurement is missing.
select
    stage,
    entered,
    observed,
    entered - observed as passed_unseen,
    (entered - observed) / nullif(entered, 0) as unseen_rate
from marts.stage_funnel
where
    stage_model in (
        select names.stage_model
        from marts.stage_names as names
        where names.is_default
    )
    and month is null
    and acquisition_channel is null
order by stage_position asc nulls last
