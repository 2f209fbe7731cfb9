with visits as (
    select * from {{ ref('int_visits_sessionized') }}
),

sorted as (
    select
        visit_id,
        person_id,
        visit_number,
        started_at,
        ended_at,
        touchpoint_count,
        has_web,
        has_email,
        channel,
        campaign,
        device,
        country,
        is_overlong
    from visits
    order by person_id asc nulls last, visit_number asc nulls last
)

select * from sorted
