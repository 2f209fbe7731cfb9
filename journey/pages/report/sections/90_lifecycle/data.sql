-- A page has room for so many periods; the mart has them all.
with room as (
    select * from (values ('day', 90), ('week', 104), ('month', 120)) as grains (grain, places)
),

states as (
    select *
    from (values ('returning', 1), ('new', 2), ('resurrected', 3), ('dormant', 4))
        as states (state, state_position)
),

ranked as (
    select
        *,
        dense_rank() over (partition by grain order by period_start desc) as period_rank
    from marts.lifecycle
)

select
    ranked.grain,
    ranked.period_start,
    ranked.state,
    ranked.people
from ranked
inner join room on ranked.grain = room.grain
left join states on ranked.state = states.state
where ranked.period_rank <= room.places
order by ranked.grain, states.state_position, ranked.period_start
