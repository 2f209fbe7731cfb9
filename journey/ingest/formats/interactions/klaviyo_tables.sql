/*
# Klaviyo's events of text messages and push notifications as connectors write them into tables,
# joined with the tables of people and of metrics.
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
    property_failure_type: varchar
*/
with messages as (
    select
        *,
        klaviyo_channel(metric) as channel,
        klaviyo_message_event(metric) as event_name
    from klaviyo_rows('delivered', 'person', 'metric')
    where klaviyo_channel(metric) is not null
)

select
    _file,
    _row,
    id as interaction_id,
    occurred_at,
    channel,
    event_name,
    klaviyo_direction(event_name) as direction,
    coalesce(
        nullif(property_campaign_name, ''),
        nullif(property_message_name, ''),
        identifier(campaign_id),
        identifier(flow_message_id)
    ) as campaign,
    property_failure_type as outcome,
    customer_id,
    email,
    profile as anonymous_id
from messages
