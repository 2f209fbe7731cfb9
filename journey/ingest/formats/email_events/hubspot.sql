/*
# HubSpot's e-mail events API (v1). Each message that was sent is reported twice, as SENT and as
# PROCESSED: the second is left out.
reads: [json]
records: [events]
rows: several
known_by: [[type, created, recipient, emailCampaignId]]
columns:
    id: varchar
    type: varchar
    created: varchar
    recipient: varchar
    emailCampaignId: varchar
    emailCampaignGroupId: varchar
    url: varchar
    userAgent: varchar
    filteredEvent: varchar
    portalSubscriptionStatus: varchar
    subscriptions: [{id: varchar, status: varchar}]
*/
with events as (
    select
        *,
        upper(coalesce(portalSubscriptionStatus, subscriptions[1].status)) as subscription
    from delivered
    where coalesce(upper(type), '') <> 'PROCESSED'
)

select
    _file,
    _row,
    id as event_id,
    case
        when id is null then md5(concat_ws('|', created, type, recipient, url))
    end as key_hash,
    instant_of_epoch(created) as occurred_at,
    recipient as email,
    case upper(type)
        when 'BOUNCE' then 'bounced'
        when 'OPEN' then 'opened'
        when 'CLICK' then 'clicked'
        when 'SPAMREPORT' then 'complained'
        when 'STATUSCHANGE' then case
            when starts_with(subscription, 'UNSUBSCRIBED') then 'unsubscribed'
            when starts_with(subscription, 'SUBSCRIBED') then 'resubscribed'
            else 'statuschange'
        end
        else lower(type)
    end as event_name,
    coalesce(identifier(emailCampaignGroupId), identifier(emailCampaignId)) as campaign,
    url,
    userAgent as user_agent,
    coalesce(filteredEvent, 'false') as is_machine
from events
