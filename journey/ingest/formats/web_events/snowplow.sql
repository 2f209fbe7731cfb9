/*
# Snowplow's enriched events: its stream's lines of 131 fields, parted by tabs; the Parquet of
# atomic.events as the lake and RDB loaders write it; or the JSON that its analytics SDKs make.
reads: [csv, parquet, json]
required: [event_id, collector_tstamp]
known_by: [[event_id, collector_tstamp, domain_userid]]
fields: [
    app_id, platform, etl_tstamp, collector_tstamp, dvce_created_tstamp, event, event_id,
    txn_id, name_tracker, v_tracker, v_collector, v_etl, user_id, user_ipaddress,
    user_fingerprint, domain_userid, domain_sessionidx, network_userid, geo_country,
    geo_region, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_region_name, ip_isp,
    ip_organization, ip_domain, ip_netspeed, page_url, page_title, page_referrer,
    page_urlscheme, page_urlhost, page_urlport, page_urlpath, page_urlquery,
    page_urlfragment, refr_urlscheme, refr_urlhost, refr_urlport, refr_urlpath,
    refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, mkt_medium,
    mkt_source, mkt_term, mkt_content, mkt_campaign, contexts, se_category, se_action,
    se_label, se_property, se_value, unstruct_event, tr_orderid, tr_affiliation, tr_total,
    tr_tax, tr_shipping, tr_city, tr_state, tr_country, ti_orderid, ti_sku, ti_name,
    ti_category, ti_price, ti_quantity, pp_xoffset_min, pp_xoffset_max, pp_yoffset_min,
    pp_yoffset_max, useragent, br_name, br_family, br_version, br_type, br_renderengine,
    br_lang, br_features_pdf, br_features_flash, br_features_java, br_features_director,
    br_features_quicktime, br_features_realplayer, br_features_windowsmedia,
    br_features_gears, br_features_silverlight, br_cookies, br_colordepth, br_viewwidth,
    br_viewheight, os_name, os_family, os_manufacturer, os_timezone, dvce_type,
    dvce_ismobile, dvce_screenwidth, dvce_screenheight, doc_charset, doc_width, doc_height,
    tr_currency, tr_total_base, tr_tax_base, tr_shipping_base, ti_currency, ti_price_base,
    base_currency, geo_timezone, mkt_clickid, mkt_network, etl_tags, dvce_sent_tstamp,
    refr_domain_userid, refr_device_tstamp, derived_contexts, domain_sessionid,
    derived_tstamp, event_vendor, event_name, event_format, event_version,
    event_fingerprint, true_tstamp
]
columns:
    event: varchar
    event_id: varchar
    event_name: varchar
    collector_tstamp: varchar
    dvce_created_tstamp: varchar
    derived_tstamp: varchar
    true_tstamp: varchar
    user_id: varchar
    domain_userid: varchar
    network_userid: varchar
    geo_country: varchar
    page_url: varchar
    page_urlpath: varchar
    page_referrer: varchar
    mkt_medium: varchar
    mkt_source: varchar
    mkt_term: varchar
    mkt_content: varchar
    mkt_campaign: varchar
    mkt_clickid: varchar
    mkt_network: varchar
    useragent: varchar
    platform: varchar
    dvce_type: varchar
    dvce_ismobile: varchar
    se_category: varchar
    se_action: varchar
    se_label: varchar
    se_property: varchar
    se_value: varchar
    tr_orderid: varchar
    tr_total: varchar
    tr_currency: varchar
    ti_orderid: varchar
    ti_sku: varchar
    ti_name: varchar
    ti_category: varchar
    ti_price: varchar
    ti_quantity: varchar
    ti_currency: varchar
    contexts: json
    unstruct_event: json
    unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1: json
    contexts_com_snowplowanalytics_snowplow_ecommerce_transaction_1: json
    contexts_com_snowplowanalytics_snowplow_ecommerce_refund_1: json
    contexts_com_snowplowanalytics_snowplow_client_session_1: json
    contexts_com_optimizely_optimizelyx_summary_1: json
*/
with own_names (own_name, event_name) as (
    values
        ('list_view', 'view_item_list'),
        ('list_click', 'select_item'),
        ('promo_view', 'view_promotion'),
        ('promo_click', 'select_promotion'),
        ('checkout_step', 'begin_checkout'),
        ('transaction', 'purchase'),
        ('site_search', 'search'),
        ('social', 'share'),
        ('social_interaction', 'share')
),

given as (
    select
        *,
        json_extract(json_of_text(contexts), '$.data[*]') as entities,
        json_extract(json_of_text(unstruct_event), '$.data.data') as streamed_event
    from delivered
),

-- What belongs to an event is in one column of the stream, and in a column each elsewhere.
events as (
    select
        *,
        coalesce(
            streamed_event,
            unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1
        ) as event_data,
        coalesce(
            entity_of(entities, 'snowplow.ecommerce/transaction/'),
            contexts_com_snowplowanalytics_snowplow_ecommerce_transaction_1 -> '$[0]'
        ) as sale,
        coalesce(
            entity_of(entities, 'snowplow.ecommerce/refund/'),
            contexts_com_snowplowanalytics_snowplow_ecommerce_refund_1 -> '$[0]'
        ) as refund,
        coalesce(
            entity_of(entities, 'snowplow/client_session/'),
            contexts_com_snowplowanalytics_snowplow_client_session_1 -> '$[0]'
        ) as app_session,
        coalesce(
            entity_of(entities, 'optimizelyx/summary/'),
            contexts_com_optimizely_optimizelyx_summary_1 -> '$[0]'
        ) as test
    from given
),

named as (
    select
        *,
        snake_case(
            case
                when event = 'struct' then se_action
                when event_name = 'snowplow_ecommerce_action' then event_data ->> '$.type'
                else coalesce(event_name, event)
            end
        ) as own_name
    from events
)

select
    named._file,
    named._row,
    named.event_id,
    coalesce(
        named.true_tstamp,
        named.derived_tstamp,
        named.dvce_created_tstamp,
        named.collector_tstamp
    ) as occurred_at,
    named.collector_tstamp as received_at,
    coalesce(
        identifier(named.domain_userid),
        identifier(named.app_session ->> '$.userId'),
        identifier(named.app_session ->> '$.user_id'),
        identifier(named.network_userid)
    ) as anonymous_id,
    case when not is_address(named.user_id) then named.user_id end as customer_id,
    case when is_address(named.user_id) then named.user_id end as email,
    coalesce(own_names.event_name, named.own_name) as event_name,
    named.page_url,
    coalesce(named.page_urlpath, url_path(named.page_url)) as page_path,
    named.page_referrer as referrer,
    coalesce(named.mkt_source, url_tag(named.page_url, 'utm_source')) as utm_source,
    coalesce(named.mkt_medium, url_tag(named.page_url, 'utm_medium')) as utm_medium,
    coalesce(named.mkt_campaign, url_tag(named.page_url, 'utm_campaign')) as utm_campaign,
    coalesce(named.mkt_content, url_tag(named.page_url, 'utm_content')) as utm_content,
    coalesce(named.mkt_term, url_tag(named.page_url, 'utm_term')) as utm_term,
    coalesce(
        url_click(named.page_url),
        case lower(named.mkt_network)
            when 'google' then 'gclid:'
            when 'microsoft' then 'msclkid:'
            when 'doubleclick' then 'dclid:'
            else ''
        end || named.mkt_clickid
    ) as click_id,
    case
        when lower(named.dvce_type) = 'computer' then 'desktop'
        when lower(named.dvce_type) in ('mobile', 'tablet') then lower(named.dvce_type)
        when named.platform = 'mob' or lower(named.dvce_ismobile) in ('1', 'true') then 'mobile'
        else device_of(named.useragent)
    end as device,
    named.geo_country as country,
    named.useragent as user_agent,
    coalesce(
        identifier(named.tr_orderid),
        identifier(named.sale ->> '$.transaction_id'),
        identifier(named.refund ->> '$.transaction_id'),
        identifier(named.ti_orderid)
    ) as order_id,
    coalesce(
        named.tr_total,
        named.sale ->> '$.revenue',
        named.refund ->> '$.refund_amount'
    ) as revenue,
    coalesce(
        named.tr_currency,
        named.sale ->> '$.currency',
        named.refund ->> '$.currency',
        named.ti_currency
    ) as currency,
    coalesce(named.test ->> '$.experimentId', named.test ->> '$.experiment_id') as experiment,
    coalesce(named.test ->> '$.variationName', named.test ->> '$.variation_name') as variant,
    case
        when named.event = 'struct' then to_json(
            {
                'category': named.se_category,
                'label': named.se_label,
                'property': named.se_property,
                'value': named.se_value
            }
        )
        when named.event = 'transaction_item' then to_json(
            {
                'sku': named.ti_sku,
                'name': named.ti_name,
                'category': named.ti_category,
                'price': named.ti_price,
                'quantity': named.ti_quantity
            }
        )
        else named.event_data
    end as properties
from named
left join own_names on named.own_name = own_names.own_name
