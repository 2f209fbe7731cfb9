select
    replace(asset, 'raw/', '') as kind,
    source,
    check_name as reason,
    sum(observed) as rows
from marts.data_quality
where check_kind = 'quarantine'
group by all
order by rows desc, kind, source, reason
