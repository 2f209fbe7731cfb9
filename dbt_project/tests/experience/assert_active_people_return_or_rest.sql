-- Every person active in a period returns in the next one or is dormant there.
with lifecycle as (
    select * from {{ ref('lifecycle') }}
),

periods as (
    select
        grain,
        period_start,
        sum(case when state <> 'dormant' then people else 0 end) as active_people,
        sum(case when state = 'returning' then people else 0 end) as returning_people,
        sum(case when state = 'dormant' then people else 0 end) as dormant_people
    from lifecycle
    group by grain, period_start
),

preceded as (
    select
        *,
        coalesce(lag(active_people) over (
            partition by grain order by period_start asc nulls last
        ), 0) as active_before
    from periods
),

broken as (
    select *
    from preceded
    where active_before <> returning_people - dormant_people or dormant_people > 0
)

select * from broken
