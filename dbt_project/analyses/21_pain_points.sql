-- Where on the journey does it hurt?
-- Touchpoints that most people touched last before they lapsed, of at least 30 people in a stage,
-- with how often they led on within 7 days, the support tickets per 1,000 touches that came after
-- them, and what the team noted could be better.
select
    stage,
    touchpoint,
    people,
    drop_off_rate,
    forward_rate_7d,
    support_tickets_7d,
    curated_opportunity
from marts.journey_map
where
    period = 'overall'
    and stage_model in (
        select names.stage_model
        from marts.stage_names as names
        where names.is_default
    )
    and not is_small
    and drop_off_rate is not null
order by drop_off_rate desc nulls last, stage asc nulls last, touchpoint asc nulls last
limit 20
