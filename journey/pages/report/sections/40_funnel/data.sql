-- Beside the mart's figures, over people of any first touch: who reached a stage in the 28 days
-- that are a week old, and went on within a week, against the 28 days before those.
with spans as (
    select
        getvariable('as_of') - to_days(7) as ends_at,
        getvariable('as_of') - to_days(35) as begins_at,
        getvariable('as_of') - to_days(63) as begins_before_at
),

stages as (
    select distinct
        stage_model,
        stage,
        stage_position
    from marts.stage_names
),

first_entries as (
    select
        transitions.stage_model,
        transitions.person_id,
        stages.stage_position,
        min(transitions.transitioned_at) as entered_at
    from marts.stage_transitions as transitions
    inner join stages
        on transitions.stage_model = stages.stage_model and transitions.to_stage = stages.stage
    group by all
),

reached as (
    select
        entries.stage_model,
        entries.person_id,
        stages.stage,
        min(entries.entered_at) filter (entries.stage_position >= stages.stage_position)
            as reached_at,
        min(entries.entered_at) filter (entries.stage_position > stages.stage_position)
            as went_on_at
    from first_entries as entries
    inner join stages on entries.stage_model = stages.stage_model
    group by all
),

recent as (
    select
        reached.stage_model,
        people.acquisition_channel,
        reached.stage,
        reached.reached_at >= spans.begins_at as is_latter,
        coalesce(reached.went_on_at < reached.reached_at + to_days(7), false) as is_on
    from reached
    inner join spans
        on reached.reached_at >= spans.begins_before_at and reached.reached_at < spans.ends_at
    inner join marts.people as people on reached.person_id = people.person_id
),

recent_sliced as (
    select
        stage_model,
        stage,
        acquisition_channel,
        grouping(acquisition_channel) = 1 as is_all_channels,
        count(*) filter (is_latter) as people_recent,
        count(*) filter (is_latter and is_on) / nullif(people_recent, 0) as rate_recent,
        count(*) filter (not is_latter) as people_before,
        count(*) filter (not is_latter and is_on) / nullif(people_before, 0) as rate_before
    from recent
    group by grouping sets (
        (stage_model, stage, acquisition_channel), (stage_model, stage)
    )
),

measured as (
    select min(people.first_touch_at) <= any_value(spans.begins_before_at) as is_compared
    from marts.people as people
    cross join spans
),

-- No person was ever seen in it, and people are in a later one: it was passed, not measured.
seen as (
    select
        stage_model,
        stage,
        sum(observed) = 0 and sum(entered) > 0 as is_unseen
    from marts.stage_funnel
    where month is null and acquisition_channel is null
    group by stage_model, stage
)

select
    funnel.stage_model,
    funnel.month,
    funnel.acquisition_channel,
    funnel.stage,
    funnel.entered,
    funnel.observed,
    case when not seen.is_unseen then funnel.converted end as converted,
    case when not seen.is_unseen then funnel.still_open end as still_open,
    case when not seen.is_unseen then funnel.dropped end as dropped,
    case when not seen.is_unseen then funnel.conversion_rate end as conversion_rate,
    case when not seen.is_unseen then funnel.drop_off_rate end as drop_off_rate,
    case when not seen.is_unseen then funnel.conversion_rate_in_window end
        as conversion_rate_in_window,
    case
        when funnel.month is not null and not seen.is_unseen
            then any_value(funnel.conversion_rate_in_window) over months
    end as window_rate_month_before,
    funnel.window_days,
    funnel.share_of_start,
    funnel.median_hours,
    funnel.mean_hours,
    funnel.is_small,
    case
        when funnel.conversion_rate is not null and not seen.is_unseen
            then recent.people_recent
    end as people_recent,
    case
        when funnel.conversion_rate is not null and not seen.is_unseen
            then recent.rate_recent
    end as rate_recent,
    case
        when funnel.conversion_rate is not null and not seen.is_unseen and measured.is_compared
            then recent.people_before
    end as people_before,
    case
        when funnel.conversion_rate is not null and not seen.is_unseen and measured.is_compared
            then recent.rate_before
    end as rate_before,
    seen.is_unseen
from marts.stage_funnel as funnel
cross join measured
inner join seen on funnel.stage_model = seen.stage_model and funnel.stage = seen.stage
left join recent_sliced as recent
    on
        funnel.month is null
        and funnel.stage_model = recent.stage_model
        and funnel.stage = recent.stage
        and recent.is_all_channels = (funnel.acquisition_channel is null)
        and recent.acquisition_channel is not distinct from funnel.acquisition_channel
window
    months as (
        partition by
            funnel.stage_model, funnel.acquisition_channel, funnel.stage, funnel.month is null
        order by funnel.month asc
        range between interval 1 month preceding and interval 1 month preceding
    )
order by
    funnel.stage_model in (
        select stage_names.stage_model from marts.stage_names
        where stage_names.is_default
    ) desc,
    funnel.stage_model,
    funnel.month asc nulls first,
    funnel.acquisition_channel asc nulls first,
    funnel.stage_position asc
