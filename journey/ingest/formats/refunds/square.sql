/*
# Square's refunds as its Refunds API gives them: {"refunds": [...]}, one {"refund": ...}, one a
# line, or one. A refund that is pending, was rejected or failed is nothing, so that a later
# success restates it.
reads: [json]
records: [refunds, refund]
columns:
    id: varchar
    order_id: varchar
    status: varchar
    created_at: varchar
    amount_money: {amount: varchar, currency: varchar}
*/
select
    _file,
    _row,
    id as refund_id,
    order_id,
    created_at as refunded_at,
    case
        when status in ('PENDING', 'REJECTED', 'FAILED') then '0'
        else of_smallest_unit(amount_money.amount, amount_money.currency)
    end as amount,
    null as net_amount,
    amount_money.currency as currency
from delivered
