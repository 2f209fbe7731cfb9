/*
# Intercom's conversations as its API gives them: {"conversations": [...]}, one a line, or one. What
# the team, a campaign or a bot began is no question that reached the team: passed over.
reads: [json]
records: [conversations]
where: coalesce(source.delivered_as, 'customer_initiated') = 'customer_initiated'
columns:
    id: varchar
    created_at: varchar
    state: varchar
    source:
        type: varchar
        delivered_as: varchar
        author: {type: varchar, email: varchar}
    contacts:
        contacts: [{external_id: varchar}]
    topics:
        topics: [{name: varchar}]
    tags:
        tags: [{name: varchar}]
    statistics: {last_close_at: varchar}
*/
select
    _file,
    _row,
    id as ticket_id,
    instant_of_epoch(created_at) as opened_at,
    case when state = 'closed' then instant_of_epoch(statistics.last_close_at) end as closed_at,
    contacts.contacts[1].external_id as customer_id,
    -- An admin who wrote the first part is not the customer.
    case
        when coalesce(source.author.type, 'user') in ('user', 'lead', 'contact')
            then source.author.email
    end as email,
    coalesce(topics.topics[1].name, tags.tags[1].name) as topic,
    case source.type when 'conversation' then 'chat' else source.type end as channel
from delivered
