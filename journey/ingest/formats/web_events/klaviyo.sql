/*
# Klaviyo's events that are no messages: visits, products, checkouts and a shop's own metrics, as
# its API gives them with the profiles and metrics that they are of (`include=profile,metric`).
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
        klaviyo_web_event(metric) as event_name,
        coalesce(properties ->> '$.page', properties ->> '$.URL') as page_url
    from events
    where
        metric is not null
        and klaviyo_channel(metric) is null
        and klaviyo_mail_event(metric) is null
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
            then coalesce(properties ->> '$.OrderId', properties ->> '$."$event_id"')
    end as order_id,
    case when event_name in ('purchase', 'refund') then properties ->> '$."$value"' end as revenue,
    coalesce(
        properties ->> '$."$currency_code"', properties ->> '$.value_currency'
    ) as currency,
    properties
from named
