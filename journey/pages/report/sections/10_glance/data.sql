with weeks as (
    select
        week,
        getvariable('as_of') - interval 7 day * (week + 1) as begins_at,
        getvariable('as_of') - interval 7 day * week as ends_at
    from range(3) as weeks (week)
),

-- A week is compared only where it was measured from its beginning on.
measured as (
    select
        coalesce(bool_or(weeks.week = 1 and people.first_touch_at <= weeks.begins_at), false)
            as is_week_before,
        coalesce(bool_or(weeks.week = 2 and people.first_touch_at <= weeks.begins_at), false)
            as is_week_earlier
    from marts.people
    cross join weeks
),

measured_orders as (
    select coalesce(bool_or(orders.ordered_at <= weeks.begins_at), false) as is_week_before
    from marts.orders
    cross join weeks
    where orders.is_counted and weeks.week = 1
),

active_weeks as (
    select distinct
        touchpoints.person_id,
        weeks.week
    from marts.touchpoints
    inner join weeks
        on touchpoints.occurred_at >= weeks.begins_at and touchpoints.occurred_at < weeks.ends_at
    where touchpoints.is_inbound
),

active_people as (
    select
        person_id,
        bool_or(week = 0) as is_active,
        bool_or(week = 1) as was_active,
        bool_or(week = 2) as was_active_earlier
    from active_weeks
    group by person_id
),

activity as (
    select
        count(*) filter (is_active) as now,
        count(*) filter (was_active) as before,
        count(*) filter (is_active <> was_active) as changed,
        count(*) filter (was_active_earlier) as earlier,
        cast(count(*) filter (is_active and was_active) as double) / nullif(before, 0) as back_rate,
        cast(count(*) filter (was_active and was_active_earlier) as double) / nullif(earlier, 0)
            as back_rate_before
    from active_people
),

new_people as (
    select
        count(*) filter (weeks.week = 0) as now,
        count(*) filter (weeks.week = 1) as before
    from marts.people
    inner join weeks
        on people.first_touch_at >= weeks.begins_at and people.first_touch_at < weeks.ends_at
),

order_weeks as (
    select
        count(*) filter (weeks.week = 0) as now,
        count(*) filter (weeks.week = 1) as before,
        coalesce(sum(orders.net_revenue) filter (weeks.week = 0), 0) as revenue_now,
        coalesce(sum(orders.net_revenue) filter (weeks.week = 1), 0) as revenue_before,
        coalesce(sum(cast(orders.net_revenue as double) ^ 2), 0) as revenue_variance
    from marts.orders
    inner join weeks
        on orders.ordered_at >= weeks.begins_at and orders.ordered_at < weeks.ends_at
    where orders.is_counted and weeks.week < 2
),

-- An answer is 100 of a promoter, -100 of a detractor and else 0: NPS is their mean.
answers as (
    select
        weeks.week,
        case
            when touchpoints.score >= 9 then 100
            when touchpoints.score <= 6 then -100
            else 0
        end as points
    from marts.touchpoints
    inner join weeks
        on touchpoints.occurred_at >= weeks.begins_at and touchpoints.occurred_at < weeks.ends_at
    where touchpoints.touchpoint = 'feedback:nps' and weeks.week < 2
),

nps as (
    select
        avg(points) filter (week = 0) as now,
        avg(points) filter (week = 1) as before,
        -- So few answers have a spread that they do not show.
        least(count(*) filter (week = 0), count(*) filter (week = 1)) < 30 as is_small,
        case
            when not is_small
                then
                    var_pop(points) filter (week = 0) / count(*) filter (week = 0)
                    + var_pop(points) filter (week = 1) / count(*) filter (week = 1)
        end as variance
    from answers
),

figures as (
    select
        1 as position,
        'Active people' as figure,
        'People who did something: visited, opened a mail, ordered, answered' as meaning,
        'count' as unit,
        'the 7 days before' as compared_with,
        cast(activity.now as double) as value,
        case when measured.is_week_before then cast(activity.before as double) end as value_before,
        cast(activity.changed as double) as variance,
        false as is_small
    from activity
    cross join measured

    union all

    select
        2,
        'New people',
        'People who did something for the first time',
        'count',
        'the 7 days before',
        new_people.now,
        case when measured.is_week_before then new_people.before end,
        new_people.now + new_people.before,
        false
    from new_people
    cross join measured

    union all

    select
        3,
        'Orders',
        'Counted orders',
        'count',
        'the 7 days before',
        order_weeks.now,
        case when measured_orders.is_week_before then order_weeks.before end,
        order_weeks.now + order_weeks.before,
        false
    from order_weeks
    cross join measured_orders

    union all

    select
        4,
        'Net revenue',
        'Net revenue of these orders, less their refunds so far',
        'money',
        'the 7 days before',
        cast(order_weeks.revenue_now as double),
        case
            when measured_orders.is_week_before then cast(order_weeks.revenue_before as double)
        end,
        order_weeks.revenue_variance,
        false
    from order_weeks
    cross join measured_orders

    union all

    select
        5,
        'Came back',
        'Of the people active in the week before, the share active in this one too',
        'share',
        'the 7 days before',
        case when measured.is_week_before then activity.back_rate end,
        case when measured.is_week_earlier then activity.back_rate_before end,
        activity.back_rate * (1 - activity.back_rate) / nullif(activity.before, 0)
        + activity.back_rate_before * (1 - activity.back_rate_before) / nullif(activity.earlier, 0),
        false
    from activity
    cross join measured

    union all

    select
        6,
        'NPS',
        '% scoring 9–10 minus % scoring 0–6',
        'points',
        'the 7 days before',
        now,
        before,
        variance,
        is_small
    from nps
),

changes as (
    select
        *,
        value - value_before as change,
        value - value_before - 1.96 * sqrt(variance) as change_low,
        value - value_before + 1.96 * sqrt(variance) as change_high
    from figures
),

judged as (
    select
        figure,
        meaning,
        unit,
        value,
        compared_with,
        value_before,
        change,
        change_low,
        change_high,
        case
            when change is null then 'nothing to compare with'
            when is_small then 'too few answers'
            when change_low > 0 then 'up'
            when change_high < 0 then 'down'
            else 'no clear change'
        end as verdict
    from changes
    order by position
)

select * from judged
