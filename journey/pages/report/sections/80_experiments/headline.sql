with clear as (
    select
        *,
        count(*) over () as comparisons
    from section
    where metric = 'conversion' and lift is not null
)

select
    case
        when count(*) = 0 then null
        when count(*) filter (verdict in ('better than the control', 'worse than the control')) = 0
            then
                'No variant brings more or fewer orders than its control, beyond chance.'
        else
            first(
                format(
                    'In {}, variant {} brings {:.1f}% of people to an order, {:.1f} points {} than '
                    || 'the control, beyond chance.',
                    replace(experiment, '_', ' '),
                    replace(variant, '_', ' '),
                    mean * 100,
                    abs(lift) * 100,
                    case when lift > 0 then 'more' else 'fewer' end
                )
                order by p_value, experiment, variant
            ) filter (verdict in ('better than the control', 'worse than the control'))
    end as headline
from clear
