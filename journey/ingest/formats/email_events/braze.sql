/*
# Braze's Currents of e-mails: its posts to an HTTP endpoint as JSON, or its Avro files, whose folders
# give the `event_type`.
reads: [json]
records: [events]
rows: several
known_by: [[event_type, time, user], [event_type, time, external_user_id]]
columns:
    id: varchar
    event_type: varchar
    time: varchar
    external_user_id: varchar
    user_id: varchar
    user: {user_id: varchar, external_user_id: varchar}
    properties: json
    email_address: varchar
    campaign_name: varchar
    canvas_name: varchar
    message_variation_name: varchar
    canvas_variation_name: varchar
    url: varchar
    user_agent: varchar
    machine_open: varchar
    is_suspected_bot_click: varchar
*/
with events as (
    select
        *,
        regexp_extract(lower(event_type), '([a-z_]+)$', 1) as own_name,
        coalesce(campaign_name, properties ->> '$.campaign_name') as of_campaign,
        coalesce(canvas_name, properties ->> '$.canvas_name') as of_canvas,
        coalesce(
            message_variation_name, properties ->> '$.message_variation_name'
        ) as of_message,
        coalesce(
            canvas_variation_name, properties ->> '$.canvas_variation_name'
        ) as of_variation
    from delivered
    where event_type is null or contains(lower(event_type), '.email.')
)

select
    _file,
    _row,
    id as event_id,
    instant_of_epoch("time") as occurred_at,
    coalesce(
        identifier(external_user_id), identifier("user".external_user_id)
    ) as customer_id,
    'braze:' || coalesce(identifier(user_id), identifier("user".user_id)) as anonymous_id,
    coalesce(email_address, properties ->> '$.email_address') as email,
    case own_name
        when 'send' then 'sent'
        when 'delivery' then 'delivered'
        when 'open' then 'opened'
        when 'click' then 'clicked'
        when 'bounce' then 'bounced'
        when 'softbounce' then 'deferred'
        when 'deferral' then 'deferred'
        when 'abort' then 'dropped'
        when 'markasspam' then 'complained'
        when 'unsubscribe' then 'unsubscribed'
        else nullif(own_name, '')
    end as event_name,
    coalesce(of_campaign, of_canvas) as campaign,
    coalesce(url, properties ->> '$.url', properties ->> '$.link_url') as url,
    coalesce(user_agent, properties ->> '$.user_agent') as user_agent,
    coalesce(
        machine_open,
        properties ->> '$.machine_open',
        is_suspected_bot_click,
        properties ->> '$.is_suspected_bot_click',
        'false'
    ) as is_machine,
    case
        when of_message is not null or of_variation is not null
            then coalesce(of_campaign, of_canvas)
    end as experiment,
    coalesce(of_message, of_variation) as variant
from events
