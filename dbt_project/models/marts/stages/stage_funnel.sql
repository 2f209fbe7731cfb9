with stages_reached as (
    select * from {{ ref('int_stages_reached') }}
),

places as (
    select * from {{ ref('int_stage_places_listed') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

followed as (
    select
        {{ period_start(
            'month', local_date('people.first_touch_at', 'settings.reporting_time_zone')
        ) }} as month,
        people.acquisition_channel,
        stages_reached.first_position,
        stages_reached.last_position,
        stages_reached.is_furthest,
        stages_reached.is_lapsed,
        stages_reached.observed_at,
        {{ microseconds_between('stages_reached.reached_at', 'settings.as_of') }}
            as followed_microseconds,
        {{ microseconds_between('stages_reached.reached_at', 'stages_reached.advanced_at') }}
            as advance_microseconds,
        {{ microseconds_between('stages_reached.observed_at', 'stages_reached.moved_on_at') }}
            as stay_microseconds,
        settings.conversion_window_days * {{ microseconds_per_day() }} as window_microseconds
    from stages_reached
    inner join people
        on stages_reached.person_id = people.person_id
    cross join settings
),

judged as (
    select
        month,
        acquisition_channel,
        first_position,
        last_position,
        case when observed_at is not null then 1 else 0 end as is_observed,
        case when is_furthest then 0 else 1 end as is_converted,
        case when is_furthest and is_lapsed then 1 else 0 end as is_dropped,
        case when is_furthest and not is_lapsed then 1 else 0 end as is_open,
        case when followed_microseconds >= window_microseconds then 1 else 0 end as is_followed,
        case
            when
                followed_microseconds >= window_microseconds
                and advance_microseconds < window_microseconds
                then 1
            else 0
        end as is_converted_in_window,
        stay_microseconds
    from followed
),

measured as (
    {% for slice in month_and_channel_slices() %}
    select
        {{ slice_columns(slice) | indent(8) }},
        first_position,
        last_position,
        count(*) as entered,
        cast(sum(is_observed) as bigint) as observed,
        cast(sum(is_converted) as bigint) as converted,
        cast(sum(is_dropped) as bigint) as dropped,
        cast(sum(is_open) as bigint) as still_open,
        cast(sum(is_followed) as bigint) as followed,
        cast(sum(is_converted_in_window) as bigint) as converted_in_window,
        {{ median('stay_microseconds') }} as median_microseconds,
        {{ mean_hours('stay_microseconds') }} as mean_hours
    from judged
    group by {{ (slice + ['first_position', 'last_position']) | join(', ') }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

stages as (
    select
        stage_model,
        stage,
        stage_position,
        first_place as first_position,
        last_place as last_position,
        is_last
    from places
    where stage_position is not null
),

slices as (
    select distinct
        month,
        acquisition_channel
    from measured
),

completed as (
    select
        stages.stage_model,
        slices.month,
        slices.acquisition_channel,
        stages.stage,
        stages.stage_position,
        stages.is_last,
        coalesce(measured.entered, 0) as entered,
        coalesce(measured.observed, 0) as observed,
        coalesce(measured.converted, 0) as converted,
        coalesce(measured.dropped, 0) as dropped,
        coalesce(measured.still_open, 0) as still_open,
        coalesce(measured.followed, 0) as followed,
        coalesce(measured.converted_in_window, 0) as converted_in_window,
        settings.conversion_window_days as window_days,
        measured.median_microseconds,
        measured.mean_hours
    from slices
    cross join stages
    cross join settings
    left join measured
        on
            stages.first_position = measured.first_position
            and stages.last_position = measured.last_position
            and slices.month is not distinct from measured.month
            and slices.acquisition_channel is not distinct from measured.acquisition_channel
),

-- every person in a slice has entered its first stage, so the largest count is the start
rated as (
    select
        stage_model,
        month,
        acquisition_channel,
        stage,
        stage_position,
        entered,
        observed,
        case when not is_last then converted end as converted,
        dropped,
        still_open,
        case when not is_last then cast(converted as double) / nullif(entered, 0) end
            as conversion_rate,
        case when not is_last then cast(dropped as double) / nullif(entered, 0) end
            as drop_off_rate,
        cast(entered as double)
        / nullif(max(entered) over (partition by stage_model, month, acquisition_channel), 0)
            as share_of_start,
        case when not is_last then cast(converted_in_window as double) / nullif(followed, 0) end
            as conversion_rate_in_window,
        window_days,
        {{ hours('median_microseconds') }} as median_hours,
        mean_hours,
        entered < 30 as is_small
    from completed
),

sorted as (
    select *
    from rated
    order by
        stage_model asc nulls first,
        month asc nulls first,
        acquisition_channel asc nulls first,
        stage_position asc nulls first
)

select * from sorted
