select
    kind,
    stage,
    topic,
    month,
    responses,
    case kind when 'nps' then nps when 'csat' then csat * 100 else mean_score end as score,
    low_share,
    is_small
from marts.satisfaction
where month is not null
order by
    kind <> 'nps',
    kind,
    stage nulls first,
    topic nulls first,
    month
