with reasons as (
    select
        reason,
        cast(sum(rows) as bigint) as reason_rows,
        cast(sum(sum(rows)) over () as bigint) as all_rows
    from section
    group by reason
)

select
    format(
        '{:,} rows are in quarantine, most of them by the rule “{}”.',
        all_rows,
        replace(reason, '_', ' ')
    ) as headline,
    true as is_good
from reasons
order by reason_rows desc, reason asc
limit 1
