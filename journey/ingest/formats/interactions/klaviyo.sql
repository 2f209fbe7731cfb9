/*
# Klaviyo's events of text messages and push notifications, as its API gives them with the profiles
# and metrics that they are of (`include=profile,metric`).
reads: [json]
records: [pages]
rows: several
known_by: [[data, included], [attributes, relationships, included]]
columns:
    data: json
    included: json
    id: varchar
    attributes: json
    relationships: json
*/
with events as (
    select * from klaviyo_events('delivered')
),

messages as (
    select
        *,
        klaviyo_channel(metric) as channel
    from events
),

named as (
    select
        *,
        klaviyo_message_event(metric) as event_name
    from messages
    where channel is not null
)

select
    _file,
    _row,
    event_id as interaction_id,
    occurred_at,
    channel,
    event_name,
    klaviyo_direction(event_name) as direction,
    coalesce(properties ->> '$."Campaign Name"', properties ->> '$."Message Name"') as campaign,
    properties ->> '$."Failure Type"' as outcome,
    customer_id,
    email,
    profile as anonymous_id
from named
