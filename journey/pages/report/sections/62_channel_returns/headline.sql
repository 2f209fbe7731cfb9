-- The channel whose spend comes back least, by every euro or pound of it.
select
    format(
        'Of the channels with spend, {} brings back least: {:.2f} of net revenue for 1 spent.',
        name_of('channel', channel),
        roas
    ) as headline
from section
where month is null and cost > 0 and roas is not null
order by roas asc, channel asc
limit 1
