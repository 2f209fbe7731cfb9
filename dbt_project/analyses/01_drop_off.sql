-- Where do people drop off, and who?
-- Of those who got as far as a stage, drop_off_rate went silent there and never got further. The
-- worst channel is the one whose people do so most, among channels with at least 30 of them.
with funnel as (
    select *
    from marts.stage_funnel
    where
        stage_model in (
            select names.stage_model
            from marts.stage_names as names
            where names.is_default
        )
        and month is null
),

channels as (
    select
        stage,
        acquisition_channel,
        drop_off_rate,
        row_number() over (
            partition by stage
            order by drop_off_rate desc nulls last, acquisition_channel asc nulls last
        ) as place
    from funnel
    where acquisition_channel is not null and not is_small
)

select
    overall.stage,
    overall.entered,
    overall.dropped,
    overall.drop_off_rate,
    channels.acquisition_channel as worst_channel,
    channels.drop_off_rate as worst_drop_off_rate
from funnel as overall
left join channels on overall.stage = channels.stage and channels.place = 1
where overall.acquisition_channel is null and overall.drop_off_rate is not null
order by overall.stage_position asc nulls last
