/*
# The native BigQuery export of Google Analytics 4, one row an event: nested Parquet, or the JSON
# lines of the same table. It has no ids of its own: what identifies an event is hashed.
reads: [parquet, json]
known_by: [[event_timestamp, event_params, user_pseudo_id]]
columns:
    event_timestamp: bigint
    event_name: varchar
    event_params:
        - key: varchar
          value:
              string_value: varchar
              int_value: bigint
              float_value: double
              double_value: double
    event_server_timestamp_offset: bigint
    event_bundle_sequence_id: bigint
    batch_event_index: bigint
    user_id: varchar
    user_pseudo_id: varchar
    stream_id: varchar
    device: {category: varchar}
    geo: {country: varchar}
    collected_traffic_source:
        manual_source: varchar
        manual_medium: varchar
        manual_campaign_name: varchar
        manual_content: varchar
        manual_term: varchar
        gclid: varchar
        dclid: varchar
    session_traffic_source_last_click:
        manual_campaign: {source: varchar, medium: varchar, campaign_name: varchar}
        google_ads_campaign: {campaign_name: varchar}
        cross_channel_campaign: {source: varchar, medium: varchar, campaign_name: varchar}
    ecommerce: {transaction_id: varchar, purchase_revenue: double, refund_value: double}
required: [event_timestamp, event_name, event_params, user_pseudo_id]
*/
with texts as (
    select
        *,
        list_transform(
            event_params,
            lambda param: {
                'key': param.key,
                'value': coalesce(
                    param.value.string_value,
                    cast(param.value.int_value as varchar),
                    cast(coalesce(param.value.double_value, param.value.float_value) as varchar)
                )
            }
        ) as params
    from delivered
),

keyed as (
    select
        *,
        list_transform(params, lambda param: param.key) as names
    from texts
),

events as (
    select
        *,
        params[list_position(names, 'page_location')].value as page_url,
        params[list_position(names, 'page_referrer')].value as referrer,
        params[list_position(names, 'gclid')].value as gclid,
        params[list_position(names, 'dclid')].value as dclid,
        params[list_position(names, 'transaction_id')].value as param_transaction_id,
        params[list_position(names, 'experiment_id')].value as experiment,
        coalesce(
            params[list_position(names, 'variation_id')].value,
            params[list_position(names, 'variant_id')].value
        ) as variant,
        case event_name
            when 'purchase' then coalesce(
                ecommerce.purchase_revenue,
                try_cast(params[list_position(names, 'value')].value as double)
            )
            when 'refund' then coalesce(
                ecommerce.refund_value,
                try_cast(params[list_position(names, 'value')].value as double)
            )
        end as revenue,
        -- What the session is put down to, where a page outside brought the visitor: without one
        -- it is about an earlier session.
        case
            when params[list_position(names, 'page_referrer')].value is not null
                then struct_pack(
                    source := coalesce(
                        session_traffic_source_last_click.cross_channel_campaign.source,
                        session_traffic_source_last_click.manual_campaign.source
                    ),
                    medium := coalesce(
                        session_traffic_source_last_click.cross_channel_campaign.medium,
                        session_traffic_source_last_click.manual_campaign.medium
                    ),
                    campaign_name := coalesce(
                        session_traffic_source_last_click.google_ads_campaign.campaign_name,
                        session_traffic_source_last_click.cross_channel_campaign.campaign_name,
                        session_traffic_source_last_click.manual_campaign.campaign_name
                    )
                )
        end as session_source
    from keyed
),

sourced as (
    select
        *,
        case
            when session_source.source not in ('(direct)', '(not set)') then session_source
        end as last_click
    from events
)

select
    _file,
    _row,
    cast(null as varchar) as event_id,
    md5(
        concat_ws(
            '|',
            coalesce(user_pseudo_id, ''),
            coalesce(user_id, ''),
            event_timestamp,
            event_name,
            coalesce(event_bundle_sequence_id, 0),
            coalesce(batch_event_index, 0),
            coalesce(stream_id, '')
        )
    ) as key_hash,
    instant_of_microseconds(event_timestamp) as occurred_at,
    try(make_timestamp(event_timestamp + event_server_timestamp_offset)) as received_at,
    user_pseudo_id as anonymous_id,
    user_id as customer_id,
    snake_case(event_name) as event_name,
    page_url,
    url_path(page_url) as page_path,
    referrer,
    coalesce(
        collected_traffic_source.manual_source,
        params[list_position(names, 'source')].value,
        url_tag(page_url, 'utm_source'),
        last_click.source
    ) as utm_source,
    coalesce(
        collected_traffic_source.manual_medium,
        params[list_position(names, 'medium')].value,
        url_tag(page_url, 'utm_medium'),
        last_click.medium
    ) as utm_medium,
    coalesce(
        collected_traffic_source.manual_campaign_name,
        params[list_position(names, 'campaign')].value,
        url_tag(page_url, 'utm_campaign'),
        last_click.campaign_name
    ) as utm_campaign,
    coalesce(
        collected_traffic_source.manual_content,
        params[list_position(names, 'content')].value,
        url_tag(page_url, 'utm_content')
    ) as utm_content,
    coalesce(
        collected_traffic_source.manual_term,
        params[list_position(names, 'term')].value,
        url_tag(page_url, 'utm_term')
    ) as utm_term,
    coalesce(
        'gclid:' || coalesce(collected_traffic_source.gclid, gclid),
        'dclid:' || coalesce(collected_traffic_source.dclid, dclid),
        url_click(page_url)
    ) as click_id,
    lower(device.category) as device,
    nullif(geo.country, '(not set)') as country,
    coalesce(identifier(ecommerce.transaction_id), identifier(param_transaction_id)) as order_id,
    -- Pandas writes NaN where there is no number; one without end is judged.
    case when not isnan(revenue) then revenue end as revenue,
    params[list_position(names, 'currency')].value as currency,
    experiment,
    variant,
    -- A name that is given twice counts once, or it could be no member of an object.
    to_json(
        map_from_entries(
            list_filter(  -- noqa: LT01
                params,  -- noqa: PRS
                lambda param, position: list_position(names, param.key) = position
                and param.key not in ('page_location', 'page_referrer', 'debug_mode')
            )
        )
    ) as properties
from sourced
