-- How many web visits are of a person who is known by then, how many come direct, and how many say
-- country and device, by the day they began. Recognised is what was known when it happened: people
-- who are identified later would make the days before look better than they were.
with touches as (
    select
        visit_id,
        split_part(touchpoint_id, ':', 2) as source,
        timezone(getvariable('time_zone'), timezone('UTC', occurred_at)) as occurred_at,
        person_id_basis in ('own_customer', 'own_email', 'device_before') as is_recognised,
        country is not null as has_country,
        device is not null as has_device
    from marts.touchpoints
    where
        visit_id is not null
        and touchpoint_id like 'web\_events:%' escape '\'
        and occurred_at >= getvariable('first_day')
),

visited as (
    select
        touches.source,
        cast(min(touches.occurred_at) as date) as day,
        bool_or(touches.is_recognised) as is_recognised,
        bool_or(touches.has_country) as has_country,
        bool_or(touches.has_device) as has_device,
        bool_or(visits.channel = 'direct') as is_direct
    from touches
    inner join marts.visits as visits
        on touches.visit_id = visits.visit_id
    group by
        touches.source,
        touches.visit_id
),

counted as (
    select
        source,
        day,
        count(*) as visits,
        count(case when is_recognised then 1 end) as recognised,
        count(case when is_direct then 1 end) as direct,
        count(case when has_country then 1 end) as with_country,
        count(case when has_device then 1 end) as with_device
    from visited
    group by
        source,
        day
),

named as (
    select
        source,
        day,
        visits,
        unnest([
            'share of recognised visits',
            'share of direct visits',
            'share of visits with a country',
            'share of visits with a device'
        ]) as named,
        unnest([recognised, direct, with_country, with_device]) as found
    from counted
),

figures as (
    select
        named || ' of ' || source as figure,
        'rate' as unit,
        day,
        cast(found as double) / visits as value,
        visits as size
    from named
)

select * from figures
