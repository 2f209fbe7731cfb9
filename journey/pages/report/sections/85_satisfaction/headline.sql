select
    format(
        'NPS was {:.0f} in {} ({:,} answers).', score, strftime(month, '%B %Y'), responses
    ) as headline
from section
where
    kind = 'nps'
    and stage is null
    and topic is null
    and not is_small
    and last_day(month) < cast(getvariable('as_of') as date)
order by month desc
limit 1
