/*
# Customer.io's reporting webhooks of text messages, push notifications and messages in the app, one
# post a line or a file. E-mails are email_events/customerio.
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
with messages as (
    select
        *,
        case lower(object_type)
            when 'sms' then 'sms'
            when 'whatsapp' then 'chat'
            when 'push' then 'push'
            when 'in_app' then 'app'
            else 'other'
        end as channel
    from delivered
    -- What it sends to colleagues and machines reaches no person.
    where lower(object_type) not in ('email', 'customer', 'slack', 'webhook')
)

select
    _file,
    _row,
    event_id as interaction_id,
    case
        when event_id is null then md5(
            concat_ws('|', "timestamp", object_type, metric, data.delivery_id, data.href)
        )
    end as key_hash,
    instant_of_epoch("timestamp") as occurred_at,
    channel,
    snake_case(metric) as event_name,
    case
        when lower(metric) in (
            'opened', 'clicked', 'converted', 'replied', 'subscribed', 'unsubscribed', 'dismissed'
        ) then 'inbound'
        else 'outbound'
    end as direction,
    coalesce(
        'campaign ' || data.campaign_id,
        'broadcast ' || data.broadcast_id,
        'newsletter ' || data.newsletter_id,
        'transactional ' || data.transactional_message_id
    ) as campaign,
    data.failure_message as outcome,
    coalesce(identifier(data.identifiers.id), identifier(data.customer_id)) as customer_id,
    data.identifiers.email as email,
    'customerio:' || identifier(data.identifiers.cio_id) as anonymous_id
from messages
