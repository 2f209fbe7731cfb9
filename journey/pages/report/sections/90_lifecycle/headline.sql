-- The last week that is over.
with weeks as (
    select
        period_start,
        sum(people) filter (state <> 'dormant') as active,
        coalesce(sum(people) filter (state in ('new', 'resurrected')), 0) as gained,
        coalesce(-sum(people) filter (state = 'dormant'), 0) as lost
    from section
    where grain = 'week' and period_start + 7 <= cast(getvariable('as_of') as date)
    group by period_start
)

select
    format(
        'In the week from {}, {:,} people were active: {:,} came or came back, {:,} stayed away.',
        strftime(period_start, '%-d %B'),
        active,
        gained,
        lost
    ) as headline
from weeks
order by period_start desc
limit 1
