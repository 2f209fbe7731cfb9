/*
# Klaviyo's events that are no messages as connectors write them into tables, joined with the tables
# of people and of metrics.
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
    property_event_id: varchar
    property_order_id: varchar
    property_value: varchar
    property_currency_code: varchar
    property_page: varchar
    property_url: varchar
*/
with events as (
    select
        *,
        klaviyo_web_event(metric) as event_name,
        coalesce(nullif(property_page, ''), property_url) as page_url
    from klaviyo_rows('delivered', 'person', 'metric')
    where
        metric is not null
        and klaviyo_channel(metric) is null
        and klaviyo_mail_event(metric) is null
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
    page_url,
    url_path(page_url) as page_path,
    url_tag(page_url, 'utm_source') as utm_source,
    url_tag(page_url, 'utm_medium') as utm_medium,
    url_tag(page_url, 'utm_campaign') as utm_campaign,
    url_tag(page_url, 'utm_content') as utm_content,
    url_tag(page_url, 'utm_term') as utm_term,
    url_click(page_url) as click_id,
    country,
    -- Shops name the event of an order by the order.
    case
        when event_name in ('purchase', 'refund')
            then coalesce(nullif(property_order_id, ''), property_event_id)
    end as order_id,
    case when event_name in ('purchase', 'refund') then property_value end as revenue,
    property_currency_code as currency
from events
