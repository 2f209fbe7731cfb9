select
    format(
        '{} of “{}” in {} {} by {:.1f} points to {:.1f}%, more than chance explains.',
        name_of('metric', metric),
        name_of('touchpoint', touchpoint),
        name_of('stage', stage),
        case when difference > 0 then 'rose' else 'fell' end,
        abs(difference) * 100,
        value_now * 100
    ) as headline
from section
where
    stage_model = getvariable('stage_model')
order by comparison asc, p_value asc, abs(difference) desc, touchpoint asc
limit 1
