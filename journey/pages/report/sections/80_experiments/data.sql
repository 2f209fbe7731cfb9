-- Chance alone would call one of twenty comparisons clear: the limit is shared among them.
with compared as (
    select
        *,
        case metric when 'revenue' then 'money' else 'share' end as unit,
        case metric when 'revenue' then 'signed_money' else 'points' end as difference_unit,
        -- The limit that the mart's description gives.
        share_ratio_p < 0.001 as is_unequal,
        0.05 / count(p_value) over (partition by metric) as limit_of_each
    from marts.experiment_results
)

select
    experiment,
    metric,
    variant,
    people,
    mean,
    lift,
    ci_low,
    ci_high,
    p_value,
    relative_lift,
    is_unequal,
    case
        when lift is null then 'control'
        when is_unequal then 'groups too uneven to judge'
        when p_value is null then 'not measured'
        when p_value >= limit_of_each then 'no clear difference'
        when lift > 0 then 'better than the control'
        else 'worse than the control'
    end as verdict,
    unit,
    difference_unit
from compared
order by experiment asc, metric asc, lift is not null, variant asc
