/*
# Zendesk's tickets: the API's objects ({"tickets": [...]}, one {"ticket": ...}, one a line), the
# JSON lines of an account's export, which hold the requester, or the CSV of tickets. The subject is
# free text that people wrote, and stays outside.
reads: [json, csv]
records: [tickets, ticket]
required: [id, Created at, status]
columns:
    id: varchar
    created_at: varchar
    updated_at: varchar
    solved_at: varchar
    metric_set: {solved_at: varchar}
    status: varchar
    type: varchar
    via:
        channel: varchar
        source: {from: {address: varchar}}
    requester: {email: varchar, external_id: varchar}
    Created at: varchar
    Updated at: varchar
    Solved at: varchar
    Ticket type: varchar
    Via channel: varchar
    Requester email: varchar
    Requester external id: varchar
*/
select
    _file,
    _row,
    id as ticket_id,
    coalesce(created_at, "Created at") as opened_at,
    -- Whoever asks for no times of solution has that of the last change of what is solved.
    coalesce(
        solved_at,
        metric_set.solved_at,
        "Solved at",
        case
            when lower(status) in ('solved', 'closed') then coalesce(updated_at, "Updated at")
        end
    ) as closed_at,
    coalesce(requester.external_id, "Requester external id") as customer_id,
    coalesce(
        nullif(requester.email, ''),
        "Requester email",
        case when via.channel = 'email' then via.source.from.address end
    ) as email,
    lower(coalesce(type, "Ticket type")) as topic,
    lower(coalesce(via.channel, "Via channel")) as channel
from delivered
