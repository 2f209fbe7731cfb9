/*
# Mixpanel's raw export: one event a line, with all its values in its properties.
reads: [json]
known_by: [[event, properties.distinct_id, properties.time]]
columns:
    event: varchar
    properties: json
*/
with described as (
    select
        *,
        json_transform(
            properties,
            '{"time": "VARCHAR", "mp_processing_time_ms": "VARCHAR", "distinct_id": "VARCHAR",
            "$insert_id": "VARCHAR", "$device_id": "VARCHAR", "$user_id": "VARCHAR",
            "alias": "VARCHAR", "$email": "VARCHAR", "email": "VARCHAR",
            "$current_url": "VARCHAR", "current_url_path": "VARCHAR", "$referrer": "VARCHAR",
            "$os": "VARCHAR", "$device": "VARCHAR", "$user_agent": "VARCHAR",
            "mp_country_code": "VARCHAR", "utm_source": "VARCHAR", "utm_medium": "VARCHAR",
            "utm_campaign": "VARCHAR", "utm_content": "VARCHAR", "utm_term": "VARCHAR",
            "gclid": "VARCHAR", "msclkid": "VARCHAR", "fbclid": "VARCHAR", "ttclid": "VARCHAR",
            "order_id": "VARCHAR", "orderId": "VARCHAR", "Order ID": "VARCHAR",
            "transaction_id": "VARCHAR", "revenue": "VARCHAR", "total": "VARCHAR",
            "amount": "VARCHAR", "currency": "VARCHAR", "Experiment name": "VARCHAR",
            "Variant name": "VARCHAR"}'
        ) as details
    from delivered
),

-- A person has the id of their device until the shop says who they are. Before the user's id had a
-- place of its own, it took that of the device.
people as (
    select
        *,
        details."$insert_id" as insert_id,
        details.distinct_id as distinct_id,
        coalesce(
            identifier(details."$device_id"),
            case
                when starts_with(details.distinct_id, '$device:')
                    then identifier(replace(details.distinct_id, '$device:', ''))
            end
        ) as device_id,
        snake_case(event) as own_name
    from described
),

known as (
    select
        *,
        coalesce(
            identifier(details."$user_id"),
            case
                when distinct_id <> coalesce(device_id, '')
                    and not starts_with(distinct_id, '$device:')
                    then identifier(distinct_id)
            end
        ) as user_id,
        case own_name
            when 'mp_page_view' then 'page_view'
            when 'mp_web_page_view' then 'page_view'
            when 'create_alias' then 'alias'
            else vocabulary_name(own_name)
        end as event_name
    from people
)

select
    _file,
    _row,
    insert_id as event_id,
    case
        when insert_id is null then md5(concat_ws('|', event, properties))
    end as key_hash,
    instant_of_epoch(details."time") as occurred_at,
    instant_of_epoch(details.mp_processing_time_ms) as received_at,
    device_id as anonymous_id,
    case when not is_address(user_id) then user_id end as customer_id,
    coalesce(
        case when is_address(user_id) then user_id end, details."$email", details.email
    ) as email,
    event_name,
    details."$current_url" as page_url,
    coalesce(details.current_url_path, url_path(details."$current_url")) as page_path,
    nullif(details."$referrer", '$direct') as referrer,
    coalesce(details.utm_source, url_tag(details."$current_url", 'utm_source')) as utm_source,
    coalesce(details.utm_medium, url_tag(details."$current_url", 'utm_medium')) as utm_medium,
    coalesce(details.utm_campaign, url_tag(details."$current_url", 'utm_campaign')) as utm_campaign,
    coalesce(details.utm_content, url_tag(details."$current_url", 'utm_content')) as utm_content,
    coalesce(details.utm_term, url_tag(details."$current_url", 'utm_term')) as utm_term,
    coalesce(
        url_click(details."$current_url"),
        'gclid:' || details.gclid,
        'msclkid:' || details.msclkid,
        'fbclid:' || details.fbclid,
        'ttclid:' || details.ttclid
    ) as click_id,
    case
        when lower(details."$device") like 'ipad%' then 'tablet'
        when lower(details."$os") in ('ios', 'android', 'iphone os') then 'mobile'
        when lower(details."$os") in ('windows', 'mac os x', 'macos', 'linux', 'chrome os')
            then 'desktop'
        else device_of(details."$user_agent")
    end as device,
    details.mp_country_code as country,
    details."$user_agent" as user_agent,
    coalesce(
        identifier(details.order_id),
        identifier(details."orderId"),
        identifier(details."Order ID"),
        identifier(details.transaction_id)
    ) as order_id,
    case
        when event_name in ('purchase', 'refund') then coalesce(
            details.revenue, properties ->> '$.Revenue', details.total, details.amount
        )
        else coalesce(details.revenue, properties ->> '$.Revenue')
    end as revenue,
    coalesce(details.currency, properties ->> '$.Currency') as currency,
    details."Experiment name" as experiment,
    details."Variant name" as variant,
    properties
from known
