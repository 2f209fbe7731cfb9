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
    -- The limit that the mart's description gives.
    share_ratio_p < 0.001 as is_unequal
from marts.experiment_results
order by experiment, metric, lift is not null, variant
