/*
# Segment's JSON lines (page, screen, track, identify, group, alias) as its storage destinations
# write them. Names of its e-commerce spec become the vocabulary of the stage rules; other names
# become snake case.
reads: [json]
known_by: [[messageId, type, anonymousId], [messageId, type, userId]]
columns:
    type: varchar
    event: varchar
    messageId: varchar
    timestamp: varchar
    receivedAt: varchar
    anonymousId: varchar
    userId: varchar
    previousId: varchar
    traits: {email: varchar}
    context:
        page: {url: varchar, path: varchar, referrer: varchar}
        campaign: {source: varchar, medium: varchar, name: varchar, content: varchar, term: varchar}
        traits: {email: varchar}
        userAgent: varchar
        device: {type: varchar}
        location: {country: varchar}
    properties: json
*/
with calls as (
    select
        _file,
        _row,
        type,
        messageId as message_id,
        -- An alias says that who was known by one id is now known by another.
        coalesce(
            identifier(anonymousId), case when type = 'alias' then previousId end
        ) as anonymous_id,
        userId as customer_id,
        "timestamp" as occurred_at,
        receivedAt as received_at,
        coalesce(traits.email, context.traits.email) as email,
        coalesce(context.page.url, properties ->> '$.url') as page_url,
        coalesce(context.page.path, properties ->> '$.path') as page_path,
        nullif(coalesce(context.page.referrer, properties ->> '$.referrer'), '$direct') as referrer,
        context.campaign as campaign,
        context.userAgent as user_agent,
        lower(context.device.type) as device_type,
        context.location.country as country,
        properties,
        case when type = 'track' then trim(event) end as track_name,
        -- Few calls name an order, money or an experiment; the others need no second look.
        case
            when contains(properties, 'order') or contains(properties, 'revenue')
                or contains(properties, 'experiment')
                then json_transform(
                    properties,
                    '{"order_id": "VARCHAR", "orderId": "VARCHAR", "revenue": "VARCHAR",
                    "total": "VARCHAR", "currency": "VARCHAR",
                    "experiment_id": "VARCHAR", "experiment_name": "VARCHAR",
                    "experiment": "VARCHAR", "variation_id": "VARCHAR",
                    "variation_name": "VARCHAR", "variant": "VARCHAR"}'
                )
        end as details
    from delivered
),

own as (
    select
        *,
        snake_case(track_name) as own_name
    from calls
),

named as (
    select
        *,
        vocabulary_name(own_name) as spec_name
    from own
)

select
    named._file,
    named._row,
    named.message_id as event_id,
    case
        when named.message_id is null then md5(
            concat_ws(
                '|', named.occurred_at, named.type, named.track_name, named.anonymous_id,
                named.customer_id, named.email, named.page_url, named.properties
            )
        )
    end as key_hash,
    named.occurred_at,
    named.received_at,
    named.anonymous_id,
    named.customer_id,
    named.email,
    case
        when named.type in ('page', 'screen') then named.type || '_view'
        when named.type in ('identify', 'group', 'alias') then named.type
        else named.spec_name
    end as event_name,
    named.page_url,
    coalesce(named.page_path, url_path(named.page_url)) as page_path,
    named.referrer,
    coalesce(named.campaign.source, url_tag(named.page_url, 'utm_source')) as utm_source,
    coalesce(named.campaign.medium, url_tag(named.page_url, 'utm_medium')) as utm_medium,
    coalesce(named.campaign.name, url_tag(named.page_url, 'utm_campaign')) as utm_campaign,
    coalesce(named.campaign.content, url_tag(named.page_url, 'utm_content')) as utm_content,
    coalesce(named.campaign.term, url_tag(named.page_url, 'utm_term')) as utm_term,
    url_click(named.page_url) as click_id,
    case
        when named.device_type in ('desktop', 'mobile', 'tablet') then named.device_type
        when named.device_type in ('ios', 'android') then 'mobile'
        else device_of(named.user_agent)
    end as device,
    named.country,
    named.user_agent,
    coalesce(
        identifier(named.details.order_id), identifier(named.details.orderId)
    ) as order_id,
    case
        when named.spec_name in ('purchase', 'refund')
            then coalesce(named.details.revenue, named.details.total)
        else named.details.revenue
    end as revenue,
    named.details.currency,
    coalesce(
        named.details.experiment_id, named.details.experiment_name, named.details.experiment
    ) as experiment,
    coalesce(
        named.details.variation_id, named.details.variation_name, named.details.variant
    ) as variant,
    named.properties
from named
