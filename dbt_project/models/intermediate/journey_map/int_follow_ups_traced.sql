with touches as (
    select * from {{ ref('int_touches_placed') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

visits as (
    select * from {{ ref('int_visits_staged') }}
),

people as (
    select
        person_id,
        person_number
    from visits
    where visit_number = 1
),

follow_ups as (
    select
        touchpoints.touchpoint_id as follow_up_id,
        case touchpoints.touchpoint
            when 'feedback:nps' then 'nps'
            when 'feedback:csat' then 'csat'
            else 'ticket'
        end as kind,
        touchpoints.score,
        people.person_number,
        touchpoints.occurred_at
    from touchpoints
    inner join people on touchpoints.person_id = people.person_id
    where
        touchpoints.is_inbound
        and touchpoints.touchpoint in ('feedback:nps', 'feedback:csat', 'support:opened')
),

-- an answer says something of the touch that it is, too; a ticket is not what came of itself
traced as (
    select distinct
        follow_ups.follow_up_id,
        follow_ups.kind,
        follow_ups.score,
        touches.place,
        touches.touchpoint
    from touches
    inner join follow_ups
        on
            touches.person_number = follow_ups.person_number
            and touches.occurred_at <= follow_ups.occurred_at
            and touches.followed_until > follow_ups.occurred_at
    where
        follow_ups.kind <> 'ticket'
        or touches.occurred_at < follow_ups.occurred_at
)

select * from traced
