/*
# Klaviyo's events of e-mails, as its API gives them with the profiles and metrics that they are of
# (`include=profile,metric`). Text messages are interactions/klaviyo, all else web_events/klaviyo.
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

named as (
    select
        *,
        klaviyo_mail_event(metric) as event_name
    from events
)

select
    _file,
    _row,
    event_id,
    occurred_at,
    profile as anonymous_id,
    customer_id,
    email,
    event_name,
    coalesce(
        properties ->> '$."Campaign Name"',
        properties ->> '$."Message Name"',
        properties ->> '$.Subject'
    ) as campaign,
    properties ->> '$.URL' as url,
    properties ->> '$."User Agent"' as user_agent,
    coalesce(
        properties ->> '$."Apple Privacy Open"',
        properties ->> '$.machine_open',
        properties ->> '$."Bot Click"',
        properties ->> '$.bot_click',
        'false'
    ) as is_machine,
    case
        when properties ->> '$."$variation"' is not null then properties ->> '$."$message"'
    end as experiment,
    properties ->> '$."$variation"' as variant
from named
-- What is of no kind, as its metric is not given, is quarantined here.
where event_name is not null or metric is null
