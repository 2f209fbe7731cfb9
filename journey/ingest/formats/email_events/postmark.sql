/*
# Postmark's webhooks, one post a line or a file, and the opens, clicks and bounces of its API.
reads: [json]
records: [opens, clicks, bounces]
known_by: [[RecordType, MessageID], [MessageID, Recipient, ReceivedAt], [ID, Type, BouncedAt]]
columns:
    RecordType: varchar
    ID: varchar
    Type: varchar
    MessageID: varchar
    Recipient: varchar
    Email: varchar
    Tag: varchar
    Metadata: json
    DeliveredAt: varchar
    BouncedAt: varchar
    ReceivedAt: varchar
    ChangedAt: varchar
    OriginalLink: varchar
    UserAgent: varchar
    SuppressSending: varchar
    SuppressionReason: varchar
*/
with events as (
    select
        *,
        coalesce(Recipient, Email) as address,
        coalesce(DeliveredAt, BouncedAt, ReceivedAt, ChangedAt) as occurred_at,
        -- What the API lists does not say what it is.
        coalesce(
            RecordType,
            case
                when BouncedAt is not null then 'Bounce'
                when OriginalLink is not null then 'Click'
                when ReceivedAt is not null then 'Open'
            end
        ) as record_type
    from delivered
),

named as (
    select
        *,
        case lower(record_type)
            when 'delivery' then 'delivered'
            when 'open' then 'opened'
            when 'click' then 'clicked'
            when 'spamcomplaint' then 'complained'
            when 'bounce' then case lower(Type)
                when 'transient' then 'deferred'
                when 'spamcomplaint' then 'complained'
                when 'unsubscribe' then 'unsubscribed'
                when 'subscribe' then 'resubscribed'
                -- An answer of the recipient's is no bounce, and no event of ours.
                when 'autoresponder' then 'autoresponder'
                when 'challengeverification' then 'challengeverification'
                when 'addresschange' then 'addresschange'
                else 'bounced'
            end
            when 'subscriptionchange' then case
                when lower(SuppressSending) = 'false' then 'resubscribed'
                when lower(SuppressionReason) = 'hardbounce' then 'bounced'
                when lower(SuppressionReason) = 'spamcomplaint' then 'complained'
                else 'unsubscribed'
            end
            else lower(record_type)
        end as event_name
    from events
)

select
    _file,
    _row,
    lower(record_type) || ':' || ID as event_id,
    case
        when ID is null or record_type is null then md5(
            concat_ws('|', record_type, MessageID, address, occurred_at, OriginalLink)
        )
    end as key_hash,
    occurred_at,
    address as email,
    coalesce(
        identifier(Metadata ->> '$.customer_id'), identifier(Metadata ->> '$.user_id')
    ) as customer_id,
    event_name,
    coalesce(Metadata ->> '$.campaign', nullif(Tag, '')) as campaign,
    OriginalLink as url,
    UserAgent as user_agent,
    Metadata ->> '$.experiment' as experiment,
    Metadata ->> '$.variant' as variant
from named
