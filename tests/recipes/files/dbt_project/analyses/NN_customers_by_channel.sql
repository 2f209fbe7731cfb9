-- Which channels bring customers?
-- customers of each channel's people; compare channels by their share, not by their number.
select
    counted.acquisition_channel,
    counted.people,
    counted.customers
from marts.channel_customers as counted
order by counted.acquisition_channel asc nulls last
