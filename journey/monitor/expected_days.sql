-- Which of the newest days are out of what is expected of their weekday. Expected is the
-- median of the same weekday in the eight weeks before, or of all days of four weeks where it has
-- fewer than four, moved by what the days before differ from theirs by now (growth). A day
-- is out beyond the largest of: so many times the median distance of the days before; so many
-- standard errors of what so few orders or rows can say; the smallest change that is worth a word.
-- Amounts and counts are compared by ratio, shares by difference.

with measured as (
    select
        figure,
        coalesce(part, -1) as part,
        unit,
        day,
        value,
        size,
        case unit
            when 'rate' then value
            when 'amount' then ln(greatest(value, 0.01))
            else ln(value + 1)
        end as level
    from days
),

compared as (
    select
        *,
        count(*) over same_weekday as weekday_days,
        median(level) over same_weekday as weekday_level,
        count(*) over four_weeks as days_before,
        median(level) over four_weeks as usual_level
    from measured
    window
        same_weekday as (
            partition by figure, part, isodow(day)
            order by day asc nulls last
            range between interval 56 days preceding and interval 1 day preceding
        ),
        four_weeks as (
            partition by figure, part
            order by day asc nulls last
            range between interval 28 days preceding and interval 1 day preceding
        )
),

expected as (
    select
        *,
        case
            when weekday_days >= 4 then weekday_level
            when days_before >= getvariable('min_history') then usual_level
        end as expected_level
    from compared
),

spread as (
    select
        *,
        count(level - expected_level) over eight_weeks as judged_before,
        median(level - expected_level) over eight_weeks as shift,
        mad(level - expected_level) over eight_weeks as distance
    from expected
    window eight_weeks as (
        partition by figure, part
        order by day asc nulls last
        range between interval 56 days preceding and interval 1 day preceding
    )
),

centred as (
    select
        *,
        expected_level + shift as middle,
        case unit
            when 'rate' then (greatest(least(expected_level + shift, 1), 0) * size + 1) / (size + 2)
        end as smoothed_rate
    from spread
    where judged_before >= getvariable('min_history')
),

reached as (
    select
        *,
        greatest(
            getvariable('mad_threshold')
            * case when part >= 0 then 2 else 1.4 end
            * distance,
            getvariable('standard_errors') * case unit
                when 'rate' then sqrt(smoothed_rate * (1 - smoothed_rate) / size)
                when 'amount' then 1 / sqrt(size)
                else 1 / sqrt(exp(middle))
            end,
            case
                when unit = 'rate' then 0.05
                when part >= 0 then ln(2)
                else ln(1.3)
            end
        ) as reach
    from centred
    where
        case unit
            when 'count' then exp(middle) >= getvariable('min_sample')
            else size >= getvariable('min_orders')
        end
),

judged as (
    select
        figure,
        part,
        unit,
        day,
        value,
        case unit
            when 'rate' then greatest(middle - reach, 0)
            when 'amount' then exp(middle - reach)
            else greatest(exp(middle - reach) - 1, 0)
        end as low,
        case unit
            when 'rate' then least(middle + reach, 1)
            when 'amount' then exp(middle + reach)
            else exp(middle + reach) - 1
        end as high,
        level between middle - reach and middle + reach as is_expected
    from reached
),

-- The parts of a day that are out: the first of them stands for the others.
daily as (
    select
        figure,
        day,
        any_value(unit) as unit,
        count(case when not is_expected then 1 end) as parts_out,
        min(case when not is_expected then part end) as part,
        arg_min(value, part) filter (where not is_expected) as value,
        arg_min(low, part) filter (where not is_expected) as low,
        arg_min(high, part) filter (where not is_expected) as high
    from judged
    group by figure, day
),

streaks as (
    select
        *,
        count(case when parts_out = 0 then 1 end) over (
            partition by figure
            order by day asc nulls last
        ) as streak
    from daily
),

dated as (
    select
        *,
        min(day) filter (where parts_out > 0) over (partition by figure, streak) as out_since
    from streaks
)

select
    figure,
    unit,
    out_since,
    max(day) as day,
    count(*) as days,
    arg_max(parts_out, day) as parts_out,
    arg_max(part, day) as part,
    arg_max(value, day) as value,
    arg_max(low, day) as low,
    arg_max(high, day) as high
from dated
where
    parts_out > 0
    and day < cast(getvariable('as_of') as date)
group by figure, unit, out_since
having max(day) >= cast(getvariable('as_of') as date) - getvariable('reported_days')
order by
    figure asc nulls last,
    out_since asc nulls last
