-- The row without a persona is all people, beside whom the others are read.
select
    persona,
    people,
    share_of_people,
    share_of_revenue,
    orders_per_person_month,
    visits_per_person_month,
    average_order_value,
    median_days_between_orders,
    nps,
    nps_responses,
    coalesce(nps_responses, 0) < 30 as is_nps_small,
    csat,
    csat_responses,
    coalesce(csat_responses, 0) < 30 as is_csat_small,
    expected_value_365d,
    is_small
from marts.persona_profiles
where trait is null
order by persona is not null, share_of_revenue desc nulls last, people desc, persona asc
