/*
# Typeform's responses as its API gives them: {"items": [...]}, one a line, or one. Each answer that
# is a score is a row; what it scores is given by the field's type, else by its `ref`. A scale that
# neither of them names is quarantined (kind_unknown). Who answered is in hidden fields, or in an
# answer that is an address.
reads: [json]
records: [items]
rows: several
columns:
    response_id: varchar
    token: varchar
    submitted_at: varchar
    response_type: varchar
    hidden:
        customer_id: varchar
        user_id: varchar
        email: varchar
        order_id: varchar
        topic: varchar
        anonymous_id: varchar
    answers:
        - type: varchar
          number: varchar
          email: varchar
          field: {id: varchar, ref: varchar, type: varchar}
*/
with answered as (
    select
        _file,
        _row,
        coalesce(response_id, token) as response_id,
        submitted_at,
        hidden,
        list_filter(answers, lambda answer: answer.type = 'email')[1].email as given_email,
        unnest(list_filter(answers, lambda answer: answer.number is not null)) as answer
    from delivered
    where coalesce(response_type, 'completed') = 'completed'
),

named as (
    select
        *,
        lower(coalesce(answer.field.type, '')) as field_type,
        lower(coalesce(answer.field.ref, '')) as field_ref
    from answered
    where lower(coalesce(answer.field.type, '')) in ('nps', 'opinion_scale', 'rating')
)

select
    _file,
    _row,
    response_id || ':' || coalesce(answer.field.id, answer.field.ref) as feedback_id,
    submitted_at as occurred_at,
    case
        when field_type = 'nps' or contains(field_ref, 'nps') then 'nps'
        when contains(field_ref, 'review') then 'review'
        when field_type = 'rating' or contains(field_ref, 'csat') then 'csat'
        else field_type
    end as kind,
    answer.number as score,
    coalesce(identifier(hidden.customer_id), identifier(hidden.user_id)) as customer_id,
    coalesce(nullif(hidden.email, ''), given_email) as email,
    hidden.anonymous_id as anonymous_id,
    hidden.order_id as order_id,
    hidden.topic as topic
from named
