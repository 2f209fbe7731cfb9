-- Over whatever months, stages and topics are separated or together, the answers are the same.
with satisfaction as (
    select * from {{ ref('satisfaction') }}
),

feedback as (
    select * from {{ ref('stg_feedback__responses') }}
),

reported as (
    select
        kind,
        responses,
        month is null as is_every_month,
        stage is null as is_every_stage,
        topic is null as is_every_topic
    from satisfaction
),

slices as (
    select
        kind,
        is_every_month,
        is_every_stage,
        is_every_topic,
        sum(responses) as responses
    from reported
    group by kind, is_every_month, is_every_stage, is_every_topic
),

answers as (
    select
        feedback_kind,
        count(*) as responses
    from feedback
    group by feedback_kind
),

broken as (
    select
        answers.feedback_kind,
        answers.responses,
        slices.responses as reported
    from answers
    left join slices on answers.feedback_kind = slices.kind
    where slices.responses is null or slices.responses <> answers.responses
)

select * from broken
