select
    replace(asset, 'raw/', '') as kind,
    source,
    check_name as reason,
    sum(observed) as rows
from marts.data_quality
where check_kind = 'quarantine'
group by all
order by sum(observed) desc, kind asc, source asc, reason asc
