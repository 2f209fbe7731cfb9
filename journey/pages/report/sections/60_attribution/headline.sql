-- The channel that leads in most of the models, and in how many.
with leaders as (
    select
        attribution_model,
        arg_max(channel, conversions) as channel
    from section
    where month is null and conversions > 0
    group by attribution_model
),

counted as (
    select
        name_of('channel', channel) as name,
        count(*) as models,
        sum(count(*)) over () as all_models
    from leaders
    group by channel
)

select
    case
        when models = all_models then format('{} earns the most orders, by every model.', name)
        else
            format(
                '{} earns the most orders by {} of {} models: which channel leads depends on '
                || 'the way of counting.',
                name,
                models,
                cast(all_models as bigint)
            )
    end as headline
from counted
order by models desc, name asc
limit 1
