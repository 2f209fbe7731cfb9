/*
# PostHog's batch exports of events: JSON lines with nested properties, or Parquet in which they are
# text; and the events of its API.
reads: [json, parquet]
records: [results]
required: [uuid, event, distinct_id, properties]
known_by: [[uuid, event, distinct_id, properties]]
columns:
    uuid: varchar
    id: varchar
    event: varchar
    distinct_id: varchar
    timestamp: varchar
    created_at: varchar
    properties: json
    person_properties: json
*/
with calls as (
    select
        _file,
        _row,
        coalesce(uuid, id) as event_id,
        event,
        distinct_id,
        "timestamp" as occurred_at,
        created_at as received_at,
        json_of_text(properties) as properties,
        json_of_text(person_properties) as person
    from delivered
),

described as (
    select
        *,
        json_transform(
            properties,
            '{"$device_id": "VARCHAR", "$anon_distinct_id": "VARCHAR", "alias": "VARCHAR",
            "$is_identified": "VARCHAR", "$process_person_profile": "VARCHAR",
            "$current_url": "VARCHAR", "$pathname": "VARCHAR", "$referrer": "VARCHAR",
            "$device_type": "VARCHAR", "$raw_user_agent": "VARCHAR", "$user_agent": "VARCHAR",
            "$geoip_country_code": "VARCHAR", "$feature_flag": "VARCHAR",
            "$feature_flag_response": "VARCHAR", "email": "VARCHAR", "$email": "VARCHAR",
            "utm_source": "VARCHAR", "utm_medium": "VARCHAR", "utm_campaign": "VARCHAR",
            "utm_content": "VARCHAR", "utm_term": "VARCHAR",
            "gclid": "VARCHAR", "msclkid": "VARCHAR", "fbclid": "VARCHAR",
            "order_id": "VARCHAR", "orderId": "VARCHAR", "transaction_id": "VARCHAR",
            "revenue": "VARCHAR", "$revenue": "VARCHAR", "total": "VARCHAR", "value": "VARCHAR",
            "currency": "VARCHAR", "$currency": "VARCHAR", "experiment": "VARCHAR",
            "variant": "VARCHAR"}'
        ) as details
    from calls
),

-- A person has the id of their device until the shop says who they are.
people as (
    select
        *,
        coalesce(
            identifier(details."$device_id"),
            identifier(details."$anon_distinct_id"),
            case when event = '$create_alias' then identifier(details.alias) end
        ) as device_id,
        coalesce(
            distinct_id = details."$device_id"
            or lower(details."$is_identified") = 'false'
            or lower(details."$process_person_profile") = 'false',
            false
        ) as is_anonymous,
        snake_case(event) as own_name
    from described
),

named as (
    select
        *,
        case own_name
            when 'pageview' then 'page_view'
            when 'pageleave' then 'page_leave'
            when 'screen' then 'screen_view'
            when 'create_alias' then 'alias'
            when 'groupidentify' then 'group'
            else vocabulary_name(own_name)
        end as event_name
    from people
)

select
    _file,
    _row,
    event_id,
    case
        when event_id is null
            then md5(concat_ws('|', occurred_at, event, distinct_id, properties))
    end as key_hash,
    occurred_at,
    received_at,
    coalesce(device_id, case when is_anonymous then distinct_id end) as anonymous_id,
    case when not is_anonymous and not is_address(distinct_id) then distinct_id end as customer_id,
    coalesce(
        case when not is_anonymous and is_address(distinct_id) then distinct_id end,
        person ->> '$.email',
        properties ->> '$."$set".email',
        details."$email",
        details.email
    ) as email,
    event_name,
    details."$current_url" as page_url,
    coalesce(details."$pathname", url_path(details."$current_url")) as page_path,
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
        'fbclid:' || details.fbclid
    ) as click_id,
    case
        when lower(details."$device_type") in ('desktop', 'mobile', 'tablet')
            then lower(details."$device_type")
        else device_of(coalesce(details."$raw_user_agent", details."$user_agent"))
    end as device,
    details."$geoip_country_code" as country,
    coalesce(details."$raw_user_agent", details."$user_agent") as user_agent,
    coalesce(
        identifier(details.order_id),
        identifier(details."orderId"),
        identifier(details.transaction_id)
    ) as order_id,
    case
        when event_name in ('purchase', 'refund') then coalesce(
            details.revenue, details."$revenue", details.total, details.value
        )
        else coalesce(details.revenue, details."$revenue")
    end as revenue,
    coalesce(details.currency, details."$currency") as currency,
    -- A flag that is on or off is no experiment.
    case
        when lower(details."$feature_flag_response") not in ('true', 'false')
            then details."$feature_flag"
        else details.experiment
    end as experiment,
    case
        when lower(details."$feature_flag_response") not in ('true', 'false')
            then details."$feature_flag_response"
        else details.variant
    end as variant,
    -- What they tell of the person stays out.
    case
        when json_type(properties) = 'OBJECT'
            then json_merge_patch(properties, '{"$set": null, "$set_once": null, "$ip": null}')
    end as properties
from named
