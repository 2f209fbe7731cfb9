/*
# Mailchimp's reports of a campaign: what each recipient did (`email-activity`), and those who
# unsubscribed (`unsubscribed`), as pages or one recipient a line.
reads: [json]
records: [pages]
rows: several
known_by:
    - [email_id, email_address, activity]
    - [emails.email_id, emails.email_address]
    - [unsubscribes.email_id, unsubscribes.email_address]
columns:
    campaign_id: varchar
    email_id: varchar
    email_address: varchar
    timestamp: varchar
    activity: &activity [{action: varchar, type: varchar, timestamp: varchar, url: varchar}]
    emails:
        - campaign_id: varchar
          email_id: varchar
          email_address: varchar
          activity: *activity
    unsubscribes:
        - {campaign_id: varchar, email_id: varchar, email_address: varchar, timestamp: varchar}
*/
with of_pages as (
    select
        * exclude (emails),
        unnest(emails) as email
    from delivered
),

of_lists as (
    select
        * exclude (unsubscribes),
        unnest(unsubscribes) as email
    from delivered
),

recipients as (
    select
        _file,
        _row,
        campaign_id,
        email_id,
        email_address,
        "timestamp" as unsubscribed_at,
        activity
    from delivered
    where emails is null and unsubscribes is null

    union all

    select
        _file,
        _row,
        coalesce(email.campaign_id, campaign_id) as campaign_id,
        email.email_id,
        email.email_address,
        null as unsubscribed_at,
        email.activity
    from of_pages

    union all

    select
        _file,
        _row,
        coalesce(email.campaign_id, campaign_id) as campaign_id,
        email.email_id,
        email.email_address,
        email."timestamp" as unsubscribed_at,
        null as activity
    from of_lists
),

done as (
    select
        * exclude (activity),
        unnest(activity) as activity
    from recipients
),

activities as (
    select
        _file,
        _row,
        campaign_id,
        email_id,
        email_address,
        activity.action,
        activity.type as bounce_type,
        activity."timestamp" as occurred_at,
        activity.url
    from done

    union all

    -- Those who unsubscribed. A record that gives nothing of a person is quarantined.
    select
        _file,
        _row,
        campaign_id,
        email_id,
        email_address,
        case when unsubscribed_at is not null then 'unsubscribe' end as action,
        null as bounce_type,
        unsubscribed_at as occurred_at,
        null as url
    from recipients
    where activity is null
)

select
    _file,
    _row,
    md5(concat_ws('|', campaign_id, email_id, action, occurred_at, url)) as key_hash,
    occurred_at,
    'mailchimp:' || identifier(email_id) as anonymous_id,
    email_address as email,
    case lower(action)
        when 'open' then 'opened'
        when 'click' then 'clicked'
        when 'bounce' then if(lower(bounce_type) = 'soft', 'deferred', 'bounced')
        when 'unsubscribe' then 'unsubscribed'
        when 'unsub' then 'unsubscribed'
        else lower(action)
    end as event_name,
    campaign_id as campaign,
    url
from activities
