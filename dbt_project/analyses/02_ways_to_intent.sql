-- Which touchpoint moves people to intent?
-- Of the people who did it before they had shown any intent, reached_rate went on to intent or
-- beyond, half of them within median_days. Touchpoints of at least 30 people.
with intents as (
    select
        person_id,
        min(entered_at) as reached_at
    from marts.stage_entries
    where stage_position >= 3
    group by person_id
),

touches as (
    select
        person_id,
        touchpoint,
        min(occurred_at) as touched_at
    from marts.touchpoints
    where is_inbound and stage in ('awareness', 'consideration')
    group by person_id, touchpoint
)

select
    touches.touchpoint,
    count(*) as people,
    count(intents.reached_at) as reached_intent,
    count(intents.reached_at) / count(*) as reached_rate,
    median(date_diff('hour', touches.touched_at, intents.reached_at)) / 24 as median_days
from touches
left join intents on touches.person_id = intents.person_id
where intents.reached_at is null or intents.reached_at > touches.touched_at
group by touches.touchpoint
having count(*) >= 30
order by reached_rate desc nulls last, touches.touchpoint asc nulls last
