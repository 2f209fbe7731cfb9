-- Who lapses, and who returns?
-- People who ever went silent for longer than their stage allows, by the channel that first brought
-- them; return_rate is the share of them who came back, half of them within median_days_lapsed.
with steps as (
    select
        person_id,
        to_stage = 'lapsed' as is_lapse,
        case when direction = 'return' then hours_in_from_stage end as hours_lapsed
    from marts.stage_transitions
    where
        stage_model in (
            select names.stage_model
            from marts.stage_names as names
            where names.is_default
        )
)

select
    people.acquisition_channel,
    count(distinct people.person_id) as all_people,
    count(distinct case when steps.is_lapse then people.person_id end) as lapsed_people,
    count(distinct case when steps.hours_lapsed is not null then people.person_id end)
        as returned_people,
    lapsed_people / all_people as lapse_rate,
    returned_people / nullif(lapsed_people, 0) as return_rate,
    median(steps.hours_lapsed) / 24 as median_days_lapsed
from marts.people
left join steps on people.person_id = steps.person_id
group by people.acquisition_channel
order by lapse_rate desc nulls last, people.acquisition_channel asc nulls last
