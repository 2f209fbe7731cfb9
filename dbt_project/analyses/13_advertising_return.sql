-- What does advertising cost per order, and what does it return?
-- roas is revenue per unit of cost: above 1 the orders credited to the channel brought in more than
-- was spent on it. Where the models differ widely, trust none of them alone.
select
    channel,
    max(cost) as spent,
    max(case when attribution_model = 'first' then cost_per_conversion end) as first_cost_per_order,
    max(case when attribution_model = 'last' then cost_per_conversion end) as last_cost_per_order,
    max(case when attribution_model = 'markov' then cost_per_conversion end)
        as markov_cost_per_order,
    max(case when attribution_model = 'first' then roas end) as first_roas,
    max(case when attribution_model = 'last' then roas end) as last_roas,
    max(case when attribution_model = 'markov' then roas end) as markov_roas
from marts.channel_attribution
where month is null and cost is not null
group by channel
order by spent desc nulls last, channel asc nulls last
