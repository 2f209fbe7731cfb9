-- What a person did is part of a visit, what was done to them is part of none, and the visits count
-- exactly the touchpoints that are in them.
with touchpoints as (
    select * from {{ ref('touchpoints') }}
),

visits as (
    select * from {{ ref('visits') }}
),

misplaced as (
    select count(*) as found
    from touchpoints
    where is_inbound <> (visit_id is not null)
),

counted as (
    select count(visit_id) as touchpoint_count
    from touchpoints
),

summed as (
    select coalesce(sum(touchpoint_count), 0) as touchpoint_count
    from visits
),

differences as (
    select
        misplaced.found as misplaced_count,
        counted.touchpoint_count,
        summed.touchpoint_count as in_visits
    from misplaced
    cross join counted
    cross join summed
    where misplaced.found > 0 or counted.touchpoint_count <> summed.touchpoint_count
)

select * from differences
