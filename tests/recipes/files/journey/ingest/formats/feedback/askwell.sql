/*
# Askwell's export of answers: one JSON object a line.
reads: [json]
known_by: [[answer_id, stars]]
columns:
    answer_id: varchar
    answered: varchar
    stars: varchar
    person: varchar
*/
select
    _file,
    _row,
    answer_id as feedback_id,
    answered as occurred_at,
    'review' as kind,
    stars as score,
    person as customer_id
from delivered
