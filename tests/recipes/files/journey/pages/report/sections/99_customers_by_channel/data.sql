select
    acquisition_channel,
    people,
    customers
from marts.channel_customers
order by acquisition_channel nulls last
