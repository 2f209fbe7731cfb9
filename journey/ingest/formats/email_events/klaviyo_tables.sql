/*
# Klaviyo's events of e-mails as connectors write them into tables, a row an event, joined with the
# tables of people and of metrics. Text messages are interactions/klaviyo_tables, all else
# web_events/klaviyo_tables.
reads: [csv, parquet]
required: [id, person_id, metric_id]
rows: several
known_by: [[id, person_id, metric_id, flow_message_id]]
tables:
    person:
        required: [id, email]
        columns:
            {id: varchar, email: varchar, external_id: varchar, country: varchar, updated: varchar}
    metric:
        required: [id, name]
        columns: {id: varchar, name: varchar, updated: varchar}
columns:
    id: varchar
    person_id: varchar
    metric_id: varchar
    campaign_id: varchar
    flow_id: varchar
    flow_message_id: varchar
    datetime: varchar
    timestamp: varchar
    type: varchar
    _variation: varchar
    _fivetran_deleted: varchar
    property_campaign_name: varchar
    property_message_name: varchar
    property_subject: varchar
    property_url: varchar
    property_client_canonical: varchar
    property_apple_privacy_open: varchar
    property_bot_click: varchar
*/
with events as (
    select
        *,
        klaviyo_mail_event(metric) as event_name
    from klaviyo_rows('delivered', 'person', 'metric')
)

select
    _file,
    _row,
    id as event_id,
    occurred_at,
    profile as anonymous_id,
    customer_id,
    email,
    event_name,
    coalesce(
        nullif(property_campaign_name, ''),
        nullif(property_message_name, ''),
        nullif(property_subject, ''),
        identifier(campaign_id),
        identifier(flow_message_id)
    ) as campaign,
    property_url as url,
    property_client_canonical as user_agent,
    coalesce(nullif(property_apple_privacy_open, ''), nullif(property_bot_click, ''), 'false')
        as is_machine,
    case
        when identifier(_variation) is not null
            then coalesce(identifier(flow_message_id), identifier(campaign_id))
    end as experiment,
    identifier(_variation) as variant
from events
-- What is of no kind, as its metric is not given, is quarantined here.
where event_name is not null or metric is null
