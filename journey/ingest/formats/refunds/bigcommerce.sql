/*
# What BigCommerce's orders (orders/bigcommerce) say was paid back: one sum an order, of its last
# change.
reads: [json]
where: >-
    coalesce(
        try_cast(refunded_amount as decimal(18, 4)) <> 0, coalesce(refunded_amount, '') <> ''
    )
columns:
    id: varchar
    date_modified: varchar
    refunded_amount: varchar
    currency_code: varchar
    default_currency_code: varchar
*/
select
    _file,
    _row,
    id || ':refunded' as refund_id,
    id as order_id,
    instant_of_mail(date_modified) as refunded_at,
    refunded_amount as amount,
    null as net_amount,
    coalesce(nullif(default_currency_code, ''), currency_code) as currency
from delivered
