select
    format(
        'Of the steps out of {}, {:.0f}% are lapses: more than out of any other stage.',
        name_of('stage', from_stage),
        share_of_from * 100
    ) as headline
from section
where
    month is null
    and acquisition_channel is null
    and to_stage = 'lapsed'
    and not is_small
    and stage_model
    = (
        select any_value(stage_names.stage_model) from marts.stage_names
        where stage_names.is_default
    )
order by share_of_from desc, from_position asc
limit 1
