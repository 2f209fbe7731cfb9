/*
# Amplitude's export of events: one a line, in files that its archive packs with gzip.
reads: [json]
known_by: [[event_type, event_time, event_properties], [event_type, device_id, insert_id]]
columns:
    uuid: varchar
    insert_id: varchar
    $insert_id: varchar
    event_type: varchar
    event_time: varchar
    client_event_time: varchar
    server_received_time: varchar
    user_id: varchar
    device_id: varchar
    platform: varchar
    os_name: varchar
    device_type: varchar
    device_family: varchar
    country: varchar
    event_properties: json
    user_properties: json
*/
with described as (
    select
        *,
        json_transform(
            event_properties,
            '{"[Amplitude] Page URL": "VARCHAR", "[Amplitude] Page Path": "VARCHAR",
            "[Amplitude] Page Location": "VARCHAR", "page_url": "VARCHAR", "referrer": "VARCHAR",
            "utm_source": "VARCHAR", "utm_medium": "VARCHAR", "utm_campaign": "VARCHAR",
            "utm_content": "VARCHAR", "utm_term": "VARCHAR", "gclid": "VARCHAR",
            "msclkid": "VARCHAR", "fbclid": "VARCHAR", "order_id": "VARCHAR",
            "orderId": "VARCHAR", "transaction_id": "VARCHAR", "$revenue": "VARCHAR",
            "revenue": "VARCHAR", "total": "VARCHAR", "$currency": "VARCHAR",
            "currency": "VARCHAR", "email": "VARCHAR", "flag_key": "VARCHAR",
            "variant": "VARCHAR"}'
        ) as details,
        json_transform(
            user_properties,
            '{"email": "VARCHAR", "$email": "VARCHAR"}'
        ) as person,
        snake_case(replace(replace(event_type, '[Amplitude]', ''), '[Experiment]', 'experiment'))
            as own_name
    from delivered
),

named as (
    select
        *,
        coalesce(
            details."[Amplitude] Page Location",
            details."[Amplitude] Page URL",
            details.page_url
        ) as page_url,
        case own_name
            when 'page_viewed' then 'page_view'
            when 'element_clicked' then 'click'
            when 'exposure' then 'experiment_exposure'
            when 'revenue_amount' then 'purchase'
            when 'revenue' then 'purchase'
            else vocabulary_name(own_name)
        end as event_name
    from described
)

select
    _file,
    _row,
    coalesce(uuid, "$insert_id", insert_id) as event_id,
    case
        when coalesce(uuid, "$insert_id", insert_id) is null then md5(
            concat_ws('|', event_time, event_type, user_id, device_id, event_properties)
        )
    end as key_hash,
    coalesce(event_time, client_event_time) as occurred_at,
    server_received_time as received_at,
    device_id as anonymous_id,
    case when not is_address(user_id) then user_id end as customer_id,
    coalesce(
        case when is_address(user_id) then user_id end,
        person.email,
        person."$email",
        details.email
    ) as email,
    event_name,
    page_url,
    coalesce(details."[Amplitude] Page Path", url_path(page_url)) as page_path,
    nullif(details.referrer, 'EMPTY') as referrer,
    coalesce(nullif(details.utm_source, 'EMPTY'), url_tag(page_url, 'utm_source')) as utm_source,
    coalesce(nullif(details.utm_medium, 'EMPTY'), url_tag(page_url, 'utm_medium')) as utm_medium,
    coalesce(
        nullif(details.utm_campaign, 'EMPTY'), url_tag(page_url, 'utm_campaign')
    ) as utm_campaign,
    coalesce(nullif(details.utm_content, 'EMPTY'), url_tag(page_url, 'utm_content')) as utm_content,
    coalesce(nullif(details.utm_term, 'EMPTY'), url_tag(page_url, 'utm_term')) as utm_term,
    coalesce(
        url_click(page_url),
        'gclid:' || nullif(details.gclid, 'EMPTY'),
        'msclkid:' || nullif(details.msclkid, 'EMPTY'),
        'fbclid:' || nullif(details.fbclid, 'EMPTY')
    ) as click_id,
    case
        when lower(device_family) like '%ipad%' or lower(device_type) like '%ipad%' then 'tablet'
        when lower(platform) in ('ios', 'android')
            or lower(device_family) in ('ios', 'android', 'apple iphone') then 'mobile'
        when lower(platform) = 'web' then 'desktop'
    end as device,
    country,
    coalesce(
        identifier(details.order_id),
        identifier(details."orderId"),
        identifier(details.transaction_id)
    ) as order_id,
    case
        when event_name in ('purchase', 'refund')
            then coalesce(details."$revenue", details.revenue, details.total)
        else coalesce(details."$revenue", details.revenue)
    end as revenue,
    coalesce(details."$currency", details.currency) as currency,
    details.flag_key as experiment,
    case when details.flag_key is not null then details.variant end as variant,
    event_properties as properties
from named
