-- Which experiments made a difference?
-- lift is the difference to the control, a person; the truth lies between ci_low and ci_high with
-- 95 per cent confidence. Where share_ratio_p is below 0.001 the split itself is broken.
select
    experiment,
    metric,
    variant,
    people,
    lift,
    ci_low,
    ci_high,
    p_value,
    share_ratio_p,
    case
        when share_ratio_p < 0.001 then 'split is broken'
        when p_value < 0.05 and lift > 0 then 'better'
        when p_value < 0.05 then 'worse'
        else 'no difference shown'
    end as verdict
from marts.experiment_results
where lift is not null
order by experiment asc nulls last, metric asc nulls last, variant asc nulls last
