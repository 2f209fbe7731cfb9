/*
# Orders of Magento (Adobe Commerce) as its REST API gives them: {"items": [...]}, one a line, or
# one. They bear the number that customers see. The refunds in them are refunds/magento.
reads: [json]
records: [items]
columns:
    increment_id: varchar
    created_at: varchar
    updated_at: varchar
    state: varchar
    status: varchar
    customer_id: varchar
    customer_email: varchar
    order_currency_code: varchar
    subtotal: varchar
    discount_amount: varchar
    shipping_discount_amount: varchar
    discount_tax_compensation_amount: varchar
    tax_amount: varchar
    shipping_amount: varchar
    grand_total: varchar
    coupon_code: varchar
    store_name: varchar
*/
with orders as (
    select
        *,
        try_cast(subtotal as decimal(18, 4)) as goods,
        -- Given as less than nothing, with what was taken off shipping and, where prices include
        -- tax, off the tax.
        abs(coalesce(try_cast(discount_amount as decimal(18, 4)), 0)) as discount,
        coalesce(try_cast(shipping_discount_amount as decimal(18, 4)), 0) as off_shipping,
        coalesce(try_cast(discount_tax_compensation_amount as decimal(18, 4)), 0) as off_tax
    from delivered
)

select
    _file,
    _row,
    increment_id as order_id,
    created_at as ordered_at,
    customer_id,
    customer_email as email,
    case state
        when 'new' then 'pending'
        when 'pending_payment' then 'pending'
        when 'payment_review' then 'pending'
        when 'holded' then 'pending'
        when 'processing' then 'paid'
        when 'complete' then 'fulfilled'
        when 'closed' then 'paid'
        when 'canceled' then 'cancelled'
        else state
    end as status,
    case
        when goods is null then subtotal
        when try_cast(discount_amount as decimal(18, 4)) is null and discount_amount <> ''
            then discount_amount
        else cast(round(goods - (discount - off_shipping - off_tax), 2) as varchar)
    end as net_amount,
    grand_total as total_amount,
    cast(discount as varchar) as discount_amount,
    tax_amount,
    shipping_amount,
    order_currency_code as currency,
    coupon_code as coupon,
    store_name as channel_hint,
    case when state = 'canceled' then updated_at end as cancelled_at
from orders
