-- What do promoters do that others who were asked do not?
-- Promoters gave an NPS of 9 or 10 after their first order, the rest less. Share of each who did
-- a thing at least once; the largest difference comes first.
with answers as (
    select
        person_id,
        max(case when stage = 'advocacy' then 1 else 0 end) as is_promoter
    from marts.touchpoints
    where touchpoint = 'feedback:nps' and phase <> 'before'
    group by person_id
),

totals as (
    select
        sum(is_promoter) as promoters,
        count(*) - sum(is_promoter) as rest
    from answers
),

habits as (
    select distinct
        person_id,
        touchpoint
    from marts.touchpoints
    where is_inbound and touchpoint not like 'feedback:%'
)

select
    habits.touchpoint,
    count(*) as people,
    sum(answers.is_promoter) / max(totals.promoters) as promoters_who_do,
    sum(1 - answers.is_promoter) / max(totals.rest) as rest_who_do,
    promoters_who_do - rest_who_do as difference
from habits
inner join answers on habits.person_id = answers.person_id
cross join totals
group by habits.touchpoint
order by abs(difference) desc nulls last, habits.touchpoint asc nulls last
limit 12
