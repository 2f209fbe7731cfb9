/*
# What Mailchimp's recipients did, as connectors write it into tables, a row an action of a campaign
# or of an automation, or an unsubscribe; joined with the table of the audience's members.
reads: [csv, parquet]
required: [member_id, timestamp]
known_by:
    - [action, campaign_id, member_id, timestamp]
    - [action, automation_email_id, member_id, timestamp]
    - [campaign_id, member_id, list_id, reason, timestamp]
tables:
    member:
        required: [id, email_address]
        columns: {id: varchar, list_id: varchar, email_address: varchar, last_changed: varchar}
columns:
    action: varchar
    campaign_id: varchar
    automation_email_id: varchar
    member_id: varchar
    list_id: varchar
    timestamp: varchar
    bounce_type: varchar
    url: varchar
    reason: varchar
*/
with members as (
    select
        identifier(id) as member_id,
        identifier(list_id) as list_id,
        max_by(email_address, (coalesce(last_changed, ''), email_address)) as email
    from member
    group by all
),

-- A table of unsubscribes has no action.
activities as (
    select
        *,
        coalesce(lower(nullif(action, '')), 'unsubscribe') as did,
        coalesce(identifier(campaign_id), identifier(automation_email_id)) as campaign
    from delivered
)

select
    activities._file,
    activities._row,
    md5(
        concat_ws(
            '|', activities.campaign, activities.member_id, activities.did,
            activities.timestamp, activities.url
        )
    ) as key_hash,
    activities.timestamp as occurred_at,
    'mailchimp:' || identifier(activities.member_id) as anonymous_id,
    members.email,
    case activities.did
        when 'open' then 'opened'
        when 'click' then 'clicked'
        when 'bounce' then if(lower(activities.bounce_type) = 'soft', 'deferred', 'bounced')
        when 'unsubscribe' then 'unsubscribed'
        when 'unsub' then 'unsubscribed'
        else activities.did
    end as event_name,
    activities.campaign,
    activities.url
from activities
left join members
    on
        identifier(activities.member_id) = members.member_id
        and identifier(activities.list_id) is not distinct from members.list_id
