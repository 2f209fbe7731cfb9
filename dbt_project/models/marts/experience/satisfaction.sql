with responses as (
    select * from {{ ref('int_feedback_responses_staged') }}
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
    from responses
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
