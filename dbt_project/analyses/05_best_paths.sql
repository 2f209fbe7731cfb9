-- Which paths convert best?
-- Channels of the visits that came before an order, or that led to none so far, in their order;
-- conversion_rate is the share of all such paths that ended in one. Paths of at least ten people.
select
    path,
    people,
    conversions,
    conversion_rate,
    median_days
from marts.journey_paths
where path_type = 'channel' and people >= 10 and conversions > 0 and path <> '(other)'
order by conversion_rate desc nulls last, people desc nulls last, path asc nulls last
limit 20
