/*
# SendGrid's event webhook: posts of JSON arrays, kept as one array a file, one post a line, or
# one event a line. Unique arguments named customer_id, user_id or userid are the shop's own ids.
reads: [json]
known_by: [[sg_event_id], [sg_message_id]]
columns:
    sg_event_id: varchar
    sg_message_id: varchar
    sg_machine_open: varchar
    event: varchar
    email: varchar
    timestamp: varchar
    url: varchar
    useragent: varchar
    category: json
    marketing_campaign_name: varchar
    marketing_campaign_split_id: varchar
    marketing_campaign_version: varchar
    singlesend_name: varchar
    customer_id: varchar
    user_id: varchar
    userid: varchar
    experiment: varchar
    variant: varchar
*/
select
    _file,
    _row,
    sg_event_id as event_id,
    case
        when sg_event_id is null
            then md5(concat_ws('|', "timestamp", event, email, sg_message_id, url))
    end as key_hash,
    instant_of_epoch("timestamp") as occurred_at,
    email,
    coalesce(identifier(customer_id), identifier(user_id), identifier(userid)) as customer_id,
    case lower(event)
        when 'processed' then 'sent'
        when 'bounce' then 'bounced'
        when 'blocked' then 'bounced'
        when 'open' then 'opened'
        when 'click' then 'clicked'
        when 'spamreport' then 'complained'
        when 'unsubscribe' then 'unsubscribed'
        when 'group_unsubscribe' then 'unsubscribed'
        when 'group_resubscribe' then 'resubscribed'
        else lower(event)
    end as event_name,
    coalesce(
        marketing_campaign_name,
        singlesend_name,
        case
            when starts_with(category, '[') then category ->> '$[0]'
            else category ->> '$'
        end
    ) as campaign,
    url,
    useragent as user_agent,
    coalesce(sg_machine_open, 'false') as is_machine,
    coalesce(experiment, marketing_campaign_split_id) as experiment,
    coalesce(variant, marketing_campaign_version) as variant
from delivered
