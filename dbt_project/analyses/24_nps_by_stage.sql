-- In which stage are people satisfied, and in which not?
-- NPS by the stage that a person was in before the answer: % scoring 9-10 minus % scoring 0-6. With
-- fewer than 30 answers (is_small) it says little. Stages are in the order of the journey.
with places as (
    select
        canonical_stage,
        min(canonical_position) as place
    from marts.stage_names
    group by canonical_stage
)

select
    satisfaction.stage,
    satisfaction.responses,
    satisfaction.nps,
    satisfaction.low_share,
    satisfaction.is_small
from marts.satisfaction
left join places on satisfaction.stage = places.canonical_stage
where
    satisfaction.kind = 'nps'
    and satisfaction.month is null
    and satisfaction.topic is null
    and satisfaction.stage is not null
order by places.place nulls last, satisfaction.stage
