select
    case
        when count(*) filter (not is_fresh) > 0
            then
                format(
                    'Behind: {}.',
                    string_agg(distinct source, ', ' order by source) filter (not is_fresh)
                )
        when count(*) filter (rejected_files > 0) > 0
            then
                format(
                    'Every source is fresh; files were rejected of {}.',
                    string_agg(distinct source, ', ' order by source) filter (rejected_files > 0)
                )
        else 'Every source is fresh, and no file was rejected.'
    end as headline,
    count(*) filter (not is_fresh or rejected_files > 0) = 0 as is_good
from section
where scope = 'The last run'
