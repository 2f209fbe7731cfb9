with feedback as (
    select * from {{ ref('stg_feedback__responses') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

owners as (
    select
        touchpoint_id,
        person_id
    from touchpoints
    where kind = 'feedback'
),

responses as (
    select
        owners.touchpoint_id,
        owners.person_id,
        feedback.occurred_at,
        {{ local_date('feedback.occurred_at', 'settings.reporting_time_zone') }} as response_date,
        feedback.feedback_kind,
        feedback.score,
        -- Null is the name of overall in the mart.
        coalesce(feedback.topic, 'none') as topic
    from feedback
    cross join settings
    inner join owners
        on
            {{ touchpoint_id("'feedback'", 'feedback.source', 'feedback.feedback_id') }}
            = owners.touchpoint_id
),

-- strictly before: what an answer signals is no reason for its own stage
stages_entered as (
    select
        responses.touchpoint_id,
        {{ value_at_max('entries.stage', 'entries.entry_number') }} as stage
    from responses
    inner join entries
        on
            responses.person_id = entries.person_id
            and responses.occurred_at > entries.entered_at
    group by responses.touchpoint_id
),

staged as (
    select
        responses.touchpoint_id,
        responses.person_id,
        responses.occurred_at,
        {{ period_start('month', 'responses.response_date') }} as month,
        coalesce(stages_entered.stage, 'none') as stage,
        responses.topic,
        responses.feedback_kind,
        responses.score
    from responses
    left join stages_entered on responses.touchpoint_id = stages_entered.touchpoint_id
)

select * from staged
