{#-
    What is compared is known only some days after a touch: share_of_people at once, a way forward
    when its 7 days are over, a drop-off when the person who was not seen again has lapsed. A window ends so
    many days before as_of, so that all of its touches have had their time.
-#}
with places as (
    select * from {{ ref('int_stage_places_listed') }}
),

stages as (
    select * from {{ ref('stages') }}
),

days as (
    select * from {{ ref('days') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

spans as (
    select distinct
        first_place,
        last_place
    from places
),

measured_days as (
    select
        min(days.calendar_date) as first_date,
        max({{ local_date('settings.as_of', 'settings.reporting_time_zone') }}) as as_of_date
    from days
    cross join settings
),

lapses as (
    select
        spans.first_place,
        spans.last_place,
        max(stages.lapse_after_days) as days_to_know
    from spans
    inner join stages
        on
            spans.first_place <= stages.stage_position
            and spans.last_place >= stages.stage_position
    group by spans.first_place, spans.last_place
),

metrics as (
    select
        first_place,
        last_place,
        'share_of_people' as metric,
        0 as days_to_know
    from spans
    union all
    select
        first_place,
        last_place,
        'forward_rate_7d' as metric,
        {{ follow_up_days() }} as days_to_know
    from spans
    union all
    select
        first_place,
        last_place,
        'drop_off_rate' as metric,
        days_to_know
    from lapses
),

-- the first day that is not over, or not known yet
known as (
    select
        metrics.first_place,
        metrics.last_place,
        metrics.metric,
        measured_days.first_date as measured_from,
        cast({{ dbt.dateadd('day', '-metrics.days_to_know', 'measured_days.as_of_date') }} as date)
            as known_until
    from metrics
    cross join measured_days
),

bounded as (
    select
        first_place,
        last_place,
        metric,
        measured_from,
        'last_28_days' as comparison,
        cast({{ dbt.dateadd('day', -56, 'known_until') }} as date) as before_from,
        cast({{ dbt.dateadd('day', -28, 'known_until') }} as date) as now_from,
        known_until as now_until
    from known
    union all
    select
        first_place,
        last_place,
        metric,
        measured_from,
        'last_month' as comparison,
        cast({{ dbt.dateadd('month', -2, period_start('month', 'known_until')) }} as date)
            as before_from,
        cast({{ dbt.dateadd('month', -1, period_start('month', 'known_until')) }} as date)
            as now_from,
        {{ period_start('month', 'known_until') }} as now_until
    from known
),

-- each comparison has two sides
sided as (
    select
        first_place,
        last_place,
        metric,
        comparison,
        measured_from,
        true as is_now,
        now_from as begins_on,
        now_until as ends_before
    from bounded
    union all
    select
        first_place,
        last_place,
        metric,
        comparison,
        measured_from,
        false as is_now,
        before_from as begins_on,
        now_from as ends_before
    from bounded
),

dated as (
    select
        first_place,
        last_place,
        metric,
        comparison,
        is_now,
        begins_on as first_date,
        cast({{ dbt.dateadd('day', -1, 'ends_before') }} as date) as last_date,
        -- what was delivered from the middle of a window on is no measure of it
        begins_on >= measured_from as is_measured
    from sided
)

select * from dated
