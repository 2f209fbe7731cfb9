-- What do the attribution models disagree about?
-- Orders that each model credits to a channel. spread is the largest less the smallest: where it is
-- wide, the channel's worth depends on the model, so decide by experiment.
select
    channel,
    sum(case when attribution_model = 'first' then conversions end) as first_touch,
    sum(case when attribution_model = 'last' then conversions end) as last_touch,
    sum(case when attribution_model = 'linear' then conversions end) as linear,
    sum(case when attribution_model = 'time_decay' then conversions end) as time_decay,
    sum(case when attribution_model = 'markov' then conversions end) as markov,
    sum(case when attribution_model = 'shapley' then conversions end) as shapley,
    max(conversions) - min(conversions) as spread
from marts.channel_attribution
where month is null
group by channel
order by spread desc nulls last, channel asc nulls last
