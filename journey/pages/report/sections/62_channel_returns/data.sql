with channels as (
    select
        month,
        channel,
        max(conversions) filter (attribution_model = 'linear') as conversions,
        min(conversions) as fewest,
        max(conversions) as most,
        max(revenue) filter (attribution_model = 'linear') as revenue,
        max(cost) filter (attribution_model = 'linear') as cost,
        max(cost_per_conversion) filter (attribution_model = 'linear') as cost_per_conversion,
        max(roas) filter (attribution_model = 'linear') as roas
    from marts.channel_attribution
    group by month, channel
)

select *
from channels
where conversions is not null
order by month asc nulls first, conversions desc, channel asc
