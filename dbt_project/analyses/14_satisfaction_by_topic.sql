-- What are people least satisfied with?
-- low_share is the share of low scores (up to 6 of nps, up to 2 of csat and reviews) among the
-- answers about a topic. Topics with at least 30 answers.
select
    kind,
    topic,
    responses,
    mean_score,
    low_share,
    coalesce(nps, 100 * csat) as nps_or_csat_percent
from marts.satisfaction
where month is null and stage is null and topic is not null and not is_small
order by low_share desc nulls last, kind asc nulls last, topic asc nulls last
