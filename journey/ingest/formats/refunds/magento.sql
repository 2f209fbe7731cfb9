/*
# What Magento's orders (orders/magento) say was paid back: one sum an order, of its last change.
reads: [json]
records: [items]
where: >-
    coalesce(
        try_cast(total_refunded as decimal(18, 4)) <> 0, coalesce(total_refunded, '') <> ''
    )
columns:
    increment_id: varchar
    updated_at: varchar
    order_currency_code: varchar
    total_refunded: varchar
    subtotal_refunded: varchar
    discount_refunded: varchar
*/
select
    _file,
    _row,
    increment_id || ':refunded' as refund_id,
    increment_id as order_id,
    updated_at as refunded_at,
    total_refunded as amount,
    case
        when try_cast(subtotal_refunded as decimal(18, 4)) is not null
            then cast(
                round(
                    cast(subtotal_refunded as decimal(18, 4))
                    - abs(coalesce(try_cast(discount_refunded as decimal(18, 4)), 0)),
                    2
                ) as varchar
            )
    end as net_amount,
    order_currency_code as currency
from delivered
