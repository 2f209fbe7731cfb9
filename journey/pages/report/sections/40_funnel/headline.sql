-- Five stages are judged at once: 99% each keeps all of them to 95%.
with overall as (
    select
        *,
        2.576 * sqrt(
            rate_recent * (1 - rate_recent) / people_recent
            + rate_before * (1 - rate_before) / people_before
        ) as reach
    from section
    where
        month is null
        and acquisition_channel is null
        and stage_model = getvariable('stage_model')
),

changes as (
    select
        *,
        rate_recent - rate_before as change
    from overall
    where people_recent >= 100 and people_before >= 100 and abs(rate_recent - rate_before) > reach
),

sentences as (
    select
        1 as place,
        abs(change) / reach as weight,
        format(
            'Conversion from {} within 7 days {} {:.1f} points to {:.1f}% in 28 days, more than '
            || 'chance explains.',
            name_of('stage', stage),
            case when change > 0 then 'rose by' else 'fell by' end,
            abs(change) * 100,
            rate_recent * 100
        ) as headline
    from changes

    union all

    select
        2 as place,
        dropped as weight,
        format(
            'Most people are lost at {}: {:,} of the {:,} who reached it dropped ({:.0f}%).',
            name_of('stage', stage),
            dropped,
            entered,
            100.0 * dropped / entered
        ) as headline
    from overall
    where dropped > 0 and not is_small
)

select headline
from sentences
order by place asc, weight desc
limit 1
