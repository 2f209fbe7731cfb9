select
    format(
        'Most people are lost at {}: {:,} of the {:,} who reached it dropped ({:.0f}%).',
        name_of('stage', stage),
        dropped,
        entered,
        100.0 * dropped / entered
    ) as headline
from section
where
    month is null
    and acquisition_channel is null
    and dropped > 0
    and not is_small
    and stage_model
    = (
        select any_value(stage_names.stage_model) from marts.stage_names
        where stage_names.is_default
    )
order by dropped desc
limit 1
