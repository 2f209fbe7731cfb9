/*
# Matomo's Live.getLastVisitsDetails as JSON: visits, each with its actions, which are the events.
# The visit's referrer and campaign are those of its first action.
reads: [json]
rows: several
known_by: [[idVisit, actionDetails], [idVisit, visitorId]]
columns:
    idSite: varchar
    idVisit: varchar
    visitorId: varchar
    userId: varchar
    siteCurrency: varchar
    referrerType: varchar
    referrerName: varchar
    referrerKeyword: varchar
    referrerUrl: varchar
    campaignName: varchar
    campaignSource: varchar
    campaignMedium: varchar
    campaignKeyword: varchar
    campaignContent: varchar
    deviceType: varchar
    countryCode: varchar
    serverTimestamp: varchar
    firstActionTimestamp: varchar
    experiments: [{name: varchar, variation: json}]
    actionDetails:
        - type: varchar
          timestamp: varchar
          pageId: varchar
          url: varchar
          pageTitle: varchar
          eventCategory: varchar
          eventAction: varchar
          eventName: varchar
          eventValue: varchar
          siteSearchKeyword: varchar
          goalId: varchar
          goalName: varchar
          goalPageId: varchar
          orderId: varchar
          revenue: varchar
          revenueSubTotal: varchar
          revenueTax: varchar
          revenueShipping: varchar
          items: varchar
          productViewSku: varchar
          productViewName: varchar
          contentName: varchar
          contentInteraction: varchar
*/
with visits as (
    select
        *,
        experiments[1] as test,
        -- A visit without actions is one event all the same.
        case
            when len(actionDetails) > 0 then actionDetails
            else [null]
        end as actions
    from delivered
),

listed as (
    select
        *,
        unnest(actions) as action,
        generate_subscripts(actions, 1) as position
    from visits
),

events as (
    select
        *,
        position = 1 as is_first,
        referrerType = 'campaign' as is_campaign,
        action.revenue as charged,
        snake_case(
            case action.type
                when 'event' then coalesce(action.eventAction, action.eventCategory)
                else action.type
            end
        ) as own_name
    from listed
),

named as (
    select
        *,
        case
            when own_name is null then 'visit'
            when own_name = 'action' and coalesce(action.productViewSku, action.productViewName)
                is not null then 'product_view'
            when own_name = 'action' then 'page_view'
            when own_name = 'ecommerce_order' then 'purchase'
            when own_name = 'ecommerce_abandoned_cart' then 'cart_abandoned'
            else vocabulary_name(own_name)
        end as event_name
    from events
)

select
    _file,
    _row,
    coalesce(
        idVisit || ':' || identifier(action.pageId),
        'order:' || idVisit || ':' || action.orderId,
        case
            -- A visit has one, of which the time changes.
            when action.type = 'ecommerceAbandonedCart' then idVisit || ':cart'
        end,
        idVisit || ':' || own_name || ':' || coalesce(action.goalId || ':', '')
        || coalesce(action.goalPageId, action.timestamp),
        idVisit || ':visit'
    ) as event_id,
    instant_of_epoch(
        coalesce(action.timestamp, firstActionTimestamp, serverTimestamp)
    ) as occurred_at,
    visitorId as anonymous_id,
    case when not is_address(userId) then userId end as customer_id,
    case when is_address(userId) then userId end as email,
    event_name,
    action.url as page_url,
    url_path(action.url) as page_path,
    case when is_first then nullif(referrerUrl, '') end as referrer,
    case
        when is_first then coalesce(
            nullif(campaignSource, ''),
            url_tag(action.url, 'utm_source'),
            url_tag(action.url, 'mtm_source')
        )
    end as utm_source,
    case
        when is_first then coalesce(
            nullif(campaignMedium, ''),
            url_tag(action.url, 'utm_medium'),
            url_tag(action.url, 'mtm_medium')
        )
    end as utm_medium,
    case
        when is_first then coalesce(
            nullif(campaignName, ''),
            case when is_campaign then nullif(referrerName, '') end,
            url_tag(action.url, 'utm_campaign'),
            url_tag(action.url, 'mtm_campaign')
        )
    end as utm_campaign,
    case when is_first then nullif(campaignContent, '') end as utm_content,
    case
        when is_first then coalesce(
            nullif(campaignKeyword, ''), case when is_campaign then nullif(referrerKeyword, '') end
        )
    end as utm_term,
    url_click(action.url) as click_id,
    case
        when lower(deviceType) = 'smartphone' or lower(deviceType) = 'phablet'
            or lower(deviceType) = 'feature phone' then 'mobile'
        when lower(deviceType) in ('desktop', 'tablet') then lower(deviceType)
    end as device,
    nullif(countryCode, 'xx') as country,
    identifier(action.orderId) as order_id,
    case
        when event_name = 'purchase' then coalesce(
            nullif(action.revenueSubTotal, ''),
            cast(
                try_cast(charged as decimal(18, 2))
                - coalesce(try_cast(action.revenueTax as decimal(18, 2)), 0)
                - coalesce(try_cast(action.revenueShipping as decimal(18, 2)), 0) as varchar
            ),
            charged
        )
        else charged
    end as revenue,
    case when charged is not null then siteCurrency end as currency,
    test.name as experiment,
    coalesce(test.variation ->> '$.name', test.variation ->> '$') as variant,
    json_merge_patch('{}', to_json(
        {
            'title': action.pageTitle,
            'category': action.eventCategory,
            'name': coalesce(action.eventName, action.goalName, action.contentName),
            'value': action.eventValue,
            'search': action.siteSearchKeyword,
            'sku': action.productViewSku,
            'product': action.productViewName,
            'items': action.items
        }
    )) as properties
from named
