-- Sources that have been silent for more than twice their longest silence of these weeks, and for
-- two days or more: that nothing is delivered fails no run.
with days as (
    select distinct
        split_part(touchpoint_id, ':', 2) as source,
        cast(
            timezone(getvariable('time_zone'), timezone('UTC', occurred_at)) as date
        ) as day
    from marts.touchpoints
    where occurred_at >= getvariable('first_day')
),

followed as (
    select
        source,
        day,
        lead(day) over (
            partition by source
            order by day asc nulls last
        ) as next_day
    from days
),

known as (
    select
        source,
        max(day) as last_day,
        count(*) as days,
        coalesce(max(next_day - day) - 1, 0) as longest_silence
    from followed
    group by source
),

silent as (
    select
        *,
        cast(getvariable('as_of') as date) - 1 - last_day as silence
    from known
    where days >= getvariable('min_history')
)

select
    source,
    last_day,
    silence,
    longest_silence
from silent
where silence > 2 * longest_silence + 1
order by source asc nulls last
