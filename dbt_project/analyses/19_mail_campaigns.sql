-- What do e-mail campaigns lead to?
-- People who were sent a campaign, opened it themselves (machines are left out), clicked it, and
-- ordered within seven days after the click. ordered_rate is of those who were sent it.
with mails as (
    select
        campaign,
        person_id,
        max(case when touchpoint = 'email:opened' and is_inbound then 1 else 0 end) as is_opened,
        min(case when touchpoint = 'email:clicked' and is_inbound then occurred_at end)
            as clicked_at
    from marts.touchpoints
    where touchpoint like 'email:%' and campaign is not null
    group by campaign, person_id
),

orders as (
    select
        person_id,
        occurred_at as ordered_at
    from marts.touchpoints
    where touchpoint = 'order:placed'
)

select
    mails.campaign,
    count(distinct mails.person_id) as people,
    count(distinct case when mails.is_opened = 1 then mails.person_id end) as opened,
    count(distinct case when mails.clicked_at is not null then mails.person_id end) as clicked,
    count(distinct orders.person_id) as ordered,
    ordered / people as ordered_rate
from mails
left join orders
    on
        mails.person_id = orders.person_id
        and mails.clicked_at <= orders.ordered_at
        and mails.clicked_at > orders.ordered_at - to_days(7)
group by mails.campaign
order by people desc nulls last, mails.campaign asc nulls last
limit 20
