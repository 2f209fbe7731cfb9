with models as (
    select *
    from (
        values
        ('first', 1),
        ('last', 2),
        ('last_non_direct', 3),
        ('linear', 4),
        ('position', 5),
        ('time_decay', 6),
        ('markov', 7),
        ('shapley', 8)
    ) as models (attribution_model, model_position)
),

channel_sizes as (
    select
        channel,
        conversions as size
    from marts.channel_attribution
    where month is null and attribution_model = 'linear'
),

sorted as (
    select
        attribution.month,
        attribution.channel,
        attribution.attribution_model,
        attribution.conversions,
        attribution.first_order_conversions,
        attribution.revenue,
        attribution.cost,
        attribution.cost_per_conversion,
        attribution.roas,
        attribution.removal_effect
    from marts.channel_attribution as attribution
    left join models on attribution.attribution_model = models.attribution_model
    left join channel_sizes on attribution.channel = channel_sizes.channel
    order by
        attribution.month asc nulls first,
        channel_sizes.size desc nulls last,
        attribution.channel asc,
        models.model_position asc nulls last
)

select * from sorted
