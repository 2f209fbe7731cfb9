-- The touch after which people stop most, among those that at least 30 people had in a stage.
select
    format(
        '{:.0f}% of the touches “{}” in {} were the last before the person lapsed: '
        || 'the most on the map.',
        drop_off_rate * 100,
        name_of('touchpoint', touchpoint),
        name_of('stage', stage)
    ) as headline
from section
where
    period = 'overall'
    and drop_off_rate > 0
    and stage_position is not null
    and not is_small
    and stage_model
    = (
        select any_value(stage_names.stage_model) from marts.stage_names
        where stage_names.is_default
    )
order by drop_off_rate desc, touches desc, touchpoint asc
limit 1
