/*
# Customer.io's reporting webhooks of e-mails, one post a line or a file. Its other messages are
# interactions/customerio.
reads: [json]
records: [events]
rows: several
known_by: [[object_type, metric, timestamp]]
columns:
    event_id: varchar
    object_type: varchar
    metric: varchar
    timestamp: varchar
    data:
        customer_id: varchar
        identifiers: {id: varchar, email: varchar, cio_id: varchar}
        recipient: varchar
        email_address: varchar
        campaign_id: varchar
        broadcast_id: varchar
        newsletter_id: varchar
        transactional_message_id: varchar
        content_id: varchar
        delivery_id: varchar
        subject: varchar
        href: varchar
        failure_message: varchar
*/
select
    _file,
    _row,
    event_id,
    case
        when event_id is null then md5(
            concat_ws('|', "timestamp", object_type, metric, data.delivery_id, data.href)
        )
    end as key_hash,
    instant_of_epoch("timestamp") as occurred_at,
    coalesce(data.identifiers.email, data.email_address, data.recipient) as email,
    coalesce(identifier(data.identifiers.id), identifier(data.customer_id)) as customer_id,
    'customerio:' || identifier(data.identifiers.cio_id) as anonymous_id,
    case lower(metric)
        when 'attempted' then 'deferred'
        when 'failed' then 'dropped'
        when 'undeliverable' then 'dropped'
        when 'suppressed' then 'dropped'
        when 'spammed' then 'complained'
        when 'subscribed' then 'resubscribed'
        else lower(metric)
    end as event_name,
    coalesce(
        'campaign ' || data.campaign_id,
        'broadcast ' || data.broadcast_id,
        'newsletter ' || data.newsletter_id,
        'transactional ' || data.transactional_message_id
    ) as campaign,
    data.href as url,
    -- Which of the contents of a message a person got, where it has several.
    case
        when data.content_id is not null
            then coalesce('newsletter ' || data.newsletter_id, 'campaign ' || data.campaign_id)
    end as experiment,
    case
        when coalesce(data.newsletter_id, data.campaign_id) is not null then data.content_id
    end as variant
from delivered
where
    -- What is of no kind, as its type is not given, is quarantined here.
    coalesce(lower(object_type), 'email') = 'email'
    or (lower(object_type) = 'customer' and lower(metric) in ('subscribed', 'unsubscribed'))
