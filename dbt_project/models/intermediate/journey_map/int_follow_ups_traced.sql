with touches as (
    select * from {{ ref('int_touches_placed') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

visits as (
    select * from {{ ref('int_visits_assigned_to_stages') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
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

recent_days as (
    select {{ map_days_from('settings') }} as first_date
    from settings
),

-- strictly after the touch: what a person answers is no reason for the stage that they answer in
traced as (
    select distinct
        follow_ups.follow_up_id,
        follow_ups.kind,
        follow_ups.score,
        touches.place,
        touches.touchpoint,
        {{ period_start('month', 'touches.touch_date') }} as month,
        touches.touch_date >= recent_days.first_date as is_recent
    from touches
    cross join recent_days
    inner join follow_ups
        on
            touches.person_number = follow_ups.person_number
            and touches.occurred_at < follow_ups.occurred_at
            and touches.followed_until > follow_ups.occurred_at
)

select * from traced
