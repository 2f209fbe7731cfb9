-- Is the base growing: who is new, stays, comes back and stays away?
-- Active people of a month are the new, the returning and the resurrected; dormant ones were active
-- the month before and are not now. net_change is new and resurrected less dormant: how many more
-- are active than the month before. The last month may not be over.
select
    period_start as month_start,
    sum(case when state <> 'dormant' then people else 0 end) as active_people,
    sum(case when state = 'new' then people end) as new_people,
    sum(case when state = 'returning' then people end) as returning_people,
    sum(case when state = 'resurrected' then people end) as resurrected_people,
    sum(case when state = 'dormant' then -people end) as dormant_people,
    sum(case when state <> 'returning' then people end) as net_change
from marts.lifecycle
where grain = 'month'
group by period_start
order by month_start asc nulls last
