select
    case
        when
            sum(checks) = sum(held)
            then format('All {:,} checks passed.', cast(sum(checks) as bigint))
        else
            format(
                '{:,} of {:,} checks failed.',
                cast(sum(checks) - sum(held) as bigint),
                cast(sum(checks) as bigint)
            )
    end as headline,
    sum(checks) = sum(held) as is_good
from section
