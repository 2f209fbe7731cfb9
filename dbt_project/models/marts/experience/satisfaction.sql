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
    select * from {{ source('run', 'settings') }}
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

responses_staged as (
    select
        {{ period_start('month', 'responses.response_date') }} as month,
        coalesce(stages_entered.stage, 'none') as stage,
        responses.topic,
        responses.feedback_kind,
        responses.score
    from responses
    left join stages_entered on responses.touchpoint_id = stages_entered.touchpoint_id
),

counted as (
    select
        month,
        stage,
        topic,
        feedback_kind,
        cast(count(*) as bigint) as responses,
        sum(score) as score,
        cast(sum(case when score >= 9 then 1 else 0 end) as bigint) as promoters,
        cast(sum(case when score <= 6 then 1 else 0 end) as bigint) as detractors,
        cast(sum(case when score >= 4 then 1 else 0 end) as bigint) as satisfied,
        cast(sum(case
            when feedback_kind = 'nps' and score <= 6 then 1
            when feedback_kind <> 'nps' and score <= 2 then 1
            else 0
        end) as bigint) as low
    from responses_staged
    group by feedback_kind, cube (month, stage, topic)
),

rated as (
    select
        month,
        stage,
        topic,
        feedback_kind as kind,
        responses,
        case
            when feedback_kind = 'nps'
                then cast(100 * (promoters - detractors) as double) / responses
        end as nps,
        case when feedback_kind = 'csat' then cast(satisfied as double) / responses end as csat,
        cast(score as double) / responses as mean_score,
        cast(low as double) / responses as low_share,
        responses < 30 as is_small
    from counted
),

sorted as (
    select *
    from rated
    order by
        month asc nulls first,
        stage asc nulls first,
        topic asc nulls first,
        kind asc nulls last
)

select * from sorted
