-- What do e-mail campaigns lead to?
-- People who were sent a campaign, opened it themselves (machines are left out), clicked it, and
-- ordered within seven days after any of their clicks. ordered_rate is of those who were sent it.
with mails as (
    select
        campaign,
        person_id,
        touchpoint,
        occurred_at,
        is_inbound
    from marts.touchpoints
    where touchpoint like 'email:%' and campaign is not null
),

sent as (
    select
        campaign,
        person_id,
        max(case when touchpoint = 'email:opened' and is_inbound then 1 else 0 end) as is_opened,
        max(case when touchpoint = 'email:clicked' and is_inbound then 1 else 0 end) as is_clicked
    from mails
    group by campaign, person_id
    having count(case when touchpoint = 'email:sent' then 1 end) > 0
),

ordered as (
    select distinct
        clicks.campaign,
        clicks.person_id
    from mails as clicks
    inner join marts.orders
        on
            clicks.person_id = orders.person_id
            and clicks.occurred_at <= orders.ordered_at
            and clicks.occurred_at > orders.ordered_at - to_days(7)
    where
        clicks.touchpoint = 'email:clicked'
        and clicks.is_inbound
        and orders.is_counted
)

select
    sent.campaign,
    count(*) as people,
    sum(sent.is_opened) as opened,
    sum(sent.is_clicked) as clicked,
    count(ordered.person_id) as ordered,
    count(ordered.person_id) / count(*) as ordered_rate
from sent
left join ordered
    on
        sent.campaign = ordered.campaign
        and sent.person_id = ordered.person_id
group by sent.campaign
order by people desc nulls last, sent.campaign asc nulls last
limit 20
