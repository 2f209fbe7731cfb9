-- How much each source has of a day, and of each hour of it, in the reporting time zone. A day
-- without anything between two others is a day of none. The newest day of a source is left out:
-- exports end in the middle of it. E-mails and other messages are left out: there is much of
-- them on the days on which they are sent, and that they end shows as silence.
with touches as (
    select
        split_part(touchpoint_id, ':', 2) as source,
        timezone(getvariable('time_zone'), timezone('UTC', occurred_at)) as occurred_at
    from marts.touchpoints
    where
        occurred_at >= getvariable('first_day')
        and split_part(touchpoint_id, ':', 1) not in ('email_events', 'interactions')
),

hours as (
    select
        source,
        cast(occurred_at as date) as day,
        cast(hour(occurred_at) as integer) as part,
        count(*) as touches
    from touches
    group by
        source,
        cast(occurred_at as date),
        hour(occurred_at)
),

days as (
    select
        source,
        cast(unnest(generate_series(min(day), max(day) - 1, interval 1 day)) as date) as day
    from hours
    group by source
),

parts as (
    select distinct
        source,
        part
    from hours
),

cells as (
    select
        days.source,
        days.day,
        parts.part,
        coalesce(hours.touches, 0) as touches
    from days
    inner join parts
        on days.source = parts.source
    left join hours
        on
            days.source = hours.source
            and days.day = hours.day
            and parts.part = hours.part
),

figures as (
    select
        'volume of ' || source as figure,
        'count' as unit,
        day,
        cast(sum(touches) as double) as value,
        cast(sum(touches) as bigint) as size
    from cells
    group by
        source,
        day

    union all by name

    select
        'hourly volume of ' || source as figure,
        'count' as unit,
        part,
        day,
        cast(touches as double) as value,
        touches as size
    from cells
)

select * from figures
