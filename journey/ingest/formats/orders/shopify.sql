/*
# Orders as Shopify's admin API and exports give them: {"orders": [...]}, one {"order": ...}, an
# array, or one order a line. The refunds in them are refunds/shopify.
reads: [json]
records: [orders, order]
columns:
    id: varchar
    created_at: varchar
    processed_at: varchar
    cancelled_at: varchar
    test: boolean
    email: varchar
    contact_email: varchar
    customer: {id: varchar, email: varchar}
    financial_status: varchar
    fulfillment_status: varchar
    currency: varchar
    taxes_included: boolean
    subtotal_price: varchar
    total_price: varchar
    total_discounts: varchar
    total_tax: varchar
    total_shipping_price_set: {shop_money: {amount: varchar}}
    shipping_lines:
        - price: varchar
          tax_lines: [{price: varchar}]
    discount_codes: [{code: varchar}]
    source_name: varchar
*/
with orders as (
    select
        *,
        list_sum(
            list_transform(
                shipping_lines, lambda line: try_cast(line.price as decimal(18, 2))
            )
        ) as shipping_price,
        coalesce(
            list_sum(
                list_transform(
                    flatten(list_transform(shipping_lines, lambda line: line.tax_lines)),
                    lambda tax: try_cast(tax.price as decimal(18, 2))
                )
            ),
            0
        ) as shipping_tax
    from delivered
)

select
    _file,
    _row,
    id as order_id,
    coalesce(processed_at, created_at) as ordered_at,
    customer.id as customer_id,
    coalesce(nullif(email, ''), nullif(contact_email, ''), customer.email) as email,
    case
        when financial_status = 'voided' then 'voided'
        when financial_status = 'expired' then 'failed'
        when financial_status = 'pending' then 'pending'
        when fulfillment_status = 'fulfilled' then 'fulfilled'
        when financial_status in ('paid', 'partially_refunded', 'refunded') then 'paid'
        else 'placed'
    end as status,
    -- Prices that include taxes hold those of the goods; the rest of total_tax is the shipping's.
    case
        when taxes_included and try_cast(subtotal_price as decimal(18, 2)) is not null
            then cast(
                cast(subtotal_price as decimal(18, 2))
                - coalesce(try_cast(total_tax as decimal(18, 2)), 0)
                + shipping_tax
                as varchar
            )
        else subtotal_price
    end as net_amount,
    total_price as total_amount,
    total_discounts as discount_amount,
    total_tax as tax_amount,
    coalesce(
        total_shipping_price_set.shop_money.amount, cast(shipping_price as varchar)
    ) as shipping_amount,
    currency,
    discount_codes[1].code as coupon,
    source_name as channel_hint,
    cancelled_at,
    coalesce(test, false) as is_test
from orders
