-- Chance alone would call one of twenty comparisons clear: the limit is shared among them.
with compared as (
    select
        *,
        0.05 / count(*) over () as limit_of_each
    from section
    where metric = 'conversion' and p_value is not null
)

select
    case
        when count(*) = 0 then null
        when count(*) filter (p_value < limit_of_each) = 0
            then
                'No variant brings more or fewer orders than its control, beyond chance.'
        else
            first(
                format(
                    'In {}, variant {} brings {} orders than the control, beyond chance.',
                    experiment, variant, case when lift > 0 then 'more' else 'fewer' end
                )
                order by p_value, experiment, variant
            )
    end as headline
from compared
