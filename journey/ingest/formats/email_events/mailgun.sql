/*
# Mailgun's events: pages of its events API, or what its webhooks post.
reads: [json]
records: [items, event-data]
known_by: [[event, recipient, timestamp]]
columns:
    id: varchar
    event: varchar
    timestamp: varchar
    recipient: varchar
    severity: varchar
    reason: varchar
    url: varchar
    campaigns: [json]
    tags: [varchar]
    client-info: {user-agent: varchar, bot: varchar}
    user-variables: json
*/
select
    _file,
    _row,
    id as event_id,
    case
        when id is null then md5(concat_ws('|', "timestamp", event, recipient, url))
    end as key_hash,
    instant_of_epoch("timestamp") as occurred_at,
    recipient as email,
    coalesce(
        identifier("user-variables" ->> '$.customer_id'),
        identifier("user-variables" ->> '$.user_id')
    ) as customer_id,
    case lower(event)
        when 'accepted' then 'sent'
        when 'rejected' then 'dropped'
        when 'failed' then case
            when lower(severity) = 'temporary' then 'deferred'
            when starts_with(reason, 'suppress') then 'dropped'
            else 'bounced'
        end
        else lower(event)
    end as event_name,
    coalesce(
        "user-variables" ->> '$.campaign',
        campaigns[1] ->> '$.name',
        campaigns[1] ->> '$',
        tags[1]
    ) as campaign,
    url,
    "client-info"."user-agent" as user_agent,
    coalesce("client-info".bot <> '', false) as is_machine,
    "user-variables" ->> '$.experiment' as experiment,
    "user-variables" ->> '$.variant' as variant
from delivered
