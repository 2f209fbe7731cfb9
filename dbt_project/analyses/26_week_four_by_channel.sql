-- Which channels bring people who are still there in week 4?
-- Of the people who first came by a channel, the share active in the fourth week after their first.
-- Complete weeks only; with fewer than 30 people the rate says little.
select
    overall.segment as acquisition_channel,
    overall.cohort_size as people,
    overall.active_people,
    overall.retention_rate,
    overall.cohort_size < 30 as is_small
from marts.cohort_retention_overall as overall
where
    overall.cohort_basis = 'first_touch'
    and overall.activity = 'active'
    and overall.grain = 'week'
    and overall."window" = 'rolling'
    and overall.segment_type = 'channel'
    and overall.period_number = 4
order by overall.retention_rate desc nulls last, acquisition_channel asc
