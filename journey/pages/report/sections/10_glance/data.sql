-- Spans of so many days, the latest first; weeks go back as far as the small pictures do.
with lengths as (
    select * from (values (7, 13), (28, 2), (90, 2)) as lengths (days, places)
),

beginning as (
    select
        (select min(people.first_touch_at) from marts.people) as first_touch_at,
        (
            select min(orders.ordered_at) from marts.orders
            where orders.is_counted)
            as first_order_at,
        exists(
            select * from marts.touchpoints
            where touchpoints.touchpoint = 'feedback:nps'
        ) as has_answers
),

-- A span is compared, and drawn, only where it was measured from its beginning on.
spans as (
    select
        lengths.days,
        places.place,
        getvariable('as_of') - to_days(lengths.days) * (places.place + 1) as begins_at,
        getvariable('as_of') - to_days(lengths.days) * places.place as ends_at,
        coalesce(beginning.first_touch_at <= begins_at, false) as is_measured,
        coalesce(beginning.first_order_at <= begins_at, false) as is_measured_for_orders,
        beginning.first_order_at is not null as has_orders,
        beginning.has_answers
    from lengths
    cross join range(14) as places (place)
    cross join beginning
    where places.place <= lengths.places
),

active as (
    select distinct
        spans.days,
        spans.place,
        touchpoints.person_id
    from marts.touchpoints
    inner join spans
        on touchpoints.occurred_at >= spans.begins_at and touchpoints.occurred_at < spans.ends_at
    where touchpoints.is_inbound
),

returns as (
    select
        coalesce(latter.days, former.days) as days,
        coalesce(latter.place, former.place - 1) as place,
        count(latter.person_id) as people,
        count(former.person_id) as people_before,
        count(*) filter (latter.person_id is not null and former.person_id is not null) as returned
    from active as latter
    full outer join active as former
        on
            latter.days = former.days
            and latter.place = former.place - 1
            and latter.person_id = former.person_id
    group by all
),

arrivals as (
    select
        spans.days,
        spans.place,
        count(*) as people
    from marts.people
    inner join spans
        on people.first_touch_at >= spans.begins_at and people.first_touch_at < spans.ends_at
    group by all
),

sales as (
    select
        spans.days,
        spans.place,
        count(*) as orders,
        cast(sum(orders.net_revenue) as double) as revenue,
        sum(cast(orders.net_revenue as double) ^ 2) as revenue_variance
    from marts.orders
    inner join spans
        on orders.ordered_at >= spans.begins_at and orders.ordered_at < spans.ends_at
    where orders.is_counted
    group by all
),

-- An answer is 100 of a promoter, -100 of a detractor and else 0: NPS is their mean.
answers as (
    select
        spans.days,
        spans.place,
        case
            when touchpoints.score >= 9 then 100
            when touchpoints.score <= 6 then -100
            else 0
        end as points
    from marts.touchpoints
    inner join spans
        on touchpoints.occurred_at >= spans.begins_at and touchpoints.occurred_at < spans.ends_at
    where touchpoints.touchpoint = 'feedback:nps'
),

recommendations as (
    select
        days,
        place,
        avg(points) as nps,
        var_pop(points) / count(*) as variance,
        count(*) as answers
    from answers
    group by all
),

metrics as (
    select * from (
        values
        (
            1, 'active', 'Active people', 'count',
            'People who did something: visited, opened a mail, ordered, answered'
        ),
        (2, 'new', 'New people', 'count', 'People who did something for the first time'),
        (3, 'orders', 'Orders', 'count', 'Counted orders'),
        (
            4, 'revenue', 'Net revenue', 'money',
            'Net revenue of these orders, less their refunds so far'
        ),
        (
            5, 'back', 'Came back', 'share',
            'Of the people active in the days before, the share active in these too'
        ),
        (6, 'nps', 'NPS', 'points', '% scoring 9–10 minus % scoring 0–6')
    ) as metrics (position, metric, figure, unit, meaning)
),

-- The variance is the span's own part of that of a change; of active people, who are largely the
-- same, it is the change's own.
measured as (
    select
        spans.days,
        spans.place,
        metrics.metric,
        metrics.position,
        metrics.figure,
        metrics.unit,
        metrics.meaning,
        case metrics.metric
            when 'active' then coalesce(returns.people, 0)
            when 'new' then coalesce(arrivals.people, 0)
            when 'orders' then coalesce(sales.orders, case when spans.has_orders then 0 end)
            when 'revenue' then coalesce(sales.revenue, case when spans.has_orders then 0 end)
            when 'back' then returns.returned / nullif(returns.people_before, 0)
            when 'nps' then recommendations.nps
        end as value,
        case metrics.metric
            when 'active'
                then
                    (returns.people - returns.returned)
                    + (returns.people_before - returns.returned)
            when 'new' then coalesce(arrivals.people, 0)
            when 'orders' then coalesce(sales.orders, 0)
            when 'revenue' then coalesce(sales.revenue_variance, 0)
            when 'back' then value * (1 - value) / nullif(returns.people_before, 0)
            when 'nps' then recommendations.variance
        end as own_variance,
        case
            when metrics.metric in ('orders', 'revenue') then spans.has_orders
            when metrics.metric = 'nps' then spans.has_answers
            else true
        end as is_delivered,
        -- So few answers have a spread that they do not show.
        metrics.metric = 'nps' and coalesce(recommendations.answers, 0) < 30 as is_small,
        -- Coming back is known where the span before was measured too.
        case metrics.metric
            when 'orders' then spans.is_measured_for_orders
            when 'revenue' then spans.is_measured_for_orders
            when 'back'
                then
                    lead(spans.is_measured, 1, false) over (
                        partition by spans.days, metrics.metric
                        order by spans.place
                    )
            else spans.is_measured
        end as is_measured
    from spans
    cross join metrics
    left join returns on spans.days = returns.days and spans.place = returns.place
    left join arrivals on spans.days = arrivals.days and spans.place = arrivals.place
    left join sales on spans.days = sales.days and spans.place = sales.place
    left join recommendations
        on spans.days = recommendations.days and spans.place = recommendations.place
),

-- Twelve weeks and the last one; null where a week was not measured.
histories as (
    select
        metric,
        list(case when is_measured then value end order by place desc) as weeks
    from measured
    where days = 7 and place <= 12
    group by metric
),

changes as (
    select
        latter.days,
        latter.metric,
        latter.position,
        latter.figure,
        latter.meaning,
        latter.unit,
        latter.is_delivered,
        -- The first days of a shop are shown as they are; only a share needs those before.
        case when latter.is_measured or latter.metric <> 'back' then latter.value end as value,
        case when former.is_measured then former.value end as value_before,
        latter.is_small or former.is_small as is_small,
        case latter.metric
            when 'active' then latter.own_variance
            else latter.own_variance + former.own_variance
        end as variance,
        latter.value - value_before as change,
        case when not (latter.is_small or former.is_small) then 1.96 * sqrt(variance) end
            as reach
    from measured as latter
    inner join measured as former
        on
            latter.days = former.days
            and latter.metric = former.metric
            and latter.place = former.place - 1
    where latter.place = 0
),

judged as (
    select
        'last_' || changes.days || '_days' as period,
        changes.figure,
        changes.meaning,
        changes.unit,
        changes.value,
        'the ' || changes.days || ' days before' as compared_with,
        changes.value_before,
        changes.change,
        changes.change - changes.reach as change_low,
        changes.change + changes.reach as change_high,
        case
            when not changes.is_delivered then 'not measured'
            when changes.change is null then 'nothing to compare with'
            when changes.is_small then 'too few answers'
            when change_low > 0 then 'up'
            when change_high < 0 then 'down'
            else 'no clear change'
        end as verdict,
        histories.weeks
    from changes
    inner join histories on changes.metric = histories.metric
    order by changes.days, changes.position
)

select * from judged
