/*
# Delighted's survey responses as its API gave them: an array, or one a line, with the person
# expanded or as a number. Surveys of effort and thumbs have scales of their own: quarantined.
reads: [json]
columns:
    id: varchar
    created_at: varchar
    survey_type: varchar
    score: varchar
    person: json
    person_properties:
        customer_id: varchar
        user_id: varchar
        order_id: varchar
        topic: varchar
*/
select
    _file,
    _row,
    id as feedback_id,
    instant_of_epoch(created_at) as occurred_at,
    case lower(survey_type)
        when 'stars' then 'review'
        when 'smileys' then 'csat'
        else lower(survey_type)
    end as kind,
    score,
    coalesce(
        identifier(person_properties.customer_id), identifier(person_properties.user_id)
    ) as customer_id,
    'delighted:' || identifier(
        coalesce(
            person ->> '$.id', case when not starts_with(person, '{') then person ->> '$' end
        )
    ) as anonymous_id,
    person ->> '$.email' as email,
    person_properties.order_id as order_id,
    person_properties.topic as topic
from delivered
