-- How many go on from a stage: of the people who first reached it, or a later one, within the
-- recent days that can be judged already, the share who reached a later one within the conversion
-- window. The definition is that of stage_funnel.conversion_rate_in_window, of recent people alone.
with entries as (
    select
        person_id,
        stage,
        stage_position,
        entered_at
    from marts.stage_entries
    where stage_position is not null
),

stages as (
    select distinct
        stage,
        stage_position
    from entries
    where stage_position < (select max(every.stage_position) from entries as every)
),

reached as (
    select
        stages.stage,
        entries.person_id,
        min(entries.entered_at) as reached_at,
        min(
            case when entries.stage_position > stages.stage_position then entries.entered_at end
        ) as advanced_at
    from stages
    inner join entries
        on stages.stage_position <= entries.stage_position
    group by
        stages.stage,
        entries.person_id
),

followed as (
    select
        stage,
        coalesce(
            advanced_at < reached_at + to_days(getvariable('conversion_window_days')), false
        ) as is_converted
    from reached
    where
        reached_at <= getvariable('as_of') - to_days(getvariable('conversion_window_days'))
        and reached_at > getvariable('as_of')
        - to_days(getvariable('conversion_window_days') + getvariable('recent_days'))
),

rated as (
    select
        'conversion from ' || stage as figure,
        cast(count(case when is_converted then 1 end) as double) / count(*) as value,
        count(*) as people
    from followed
    group by stage
)

select * from rated
