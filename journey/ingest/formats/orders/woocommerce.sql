/*
# Orders as WooCommerce's REST API (v3) and webhooks give them: an array, one order, or one a line.
# The refunds in them are refunds/woocommerce.
reads: [json]
known_by: [[date_created, created_via], [date_created, line_items, billing]]
columns:
    id: varchar
    status: varchar
    currency: varchar
    date_created: varchar
    date_created_gmt: varchar
    date_modified: varchar
    date_modified_gmt: varchar
    discount_total: varchar
    shipping_total: varchar
    total: varchar
    total_tax: varchar
    customer_id: varchar
    created_via: varchar
    billing: {email: varchar}
    line_items: [{total: varchar}]
    coupon_lines: [{code: varchar}]
    meta_data: [{key: varchar, value: json}]
*/
with orders as (
    select
        *,
        list_filter(
            meta_data, lambda entry: entry.key = '_wc_order_attribution_utm_source'
        )[1].value ->> '$' as utm_source,
        list_filter(
            line_items, lambda line: try_cast(line.total as decimal(18, 2)) is null
        )[1].total as unreadable,
        list_sum(
            list_transform(line_items, lambda line: try_cast(line.total as decimal(18, 2)))
        ) as goods
    from delivered
)

select
    _file,
    _row,
    id as order_id,
    coalesce(date_created_gmt, date_created) as ordered_at,
    -- Guests are customer 0, all of them.
    nullif(customer_id, '0') as customer_id,
    billing.email as email,
    case status
        when 'pending' then 'pending'
        when 'on-hold' then 'pending'
        when 'checkout-draft' then 'pending'
        when 'processing' then 'paid'
        when 'refunded' then 'paid'
        when 'completed' then 'fulfilled'
        when 'failed' then 'failed'
        when 'cancelled' then 'cancelled'
        when 'trash' then 'voided'
        else status
    end as status,
    -- Lines are after discounts and without tax. One that cannot be read is passed on as it is, so
    -- that the row is quarantined for it. An order of shipping alone has no lines.
    case
        when len(line_items) = 0 then '0'
        else coalesce(unreadable, cast(goods as varchar))
    end as net_amount,
    total as total_amount,
    discount_total as discount_amount,
    total_tax as tax_amount,
    shipping_total as shipping_amount,
    currency,
    coupon_lines[1].code as coupon,
    coalesce(utm_source, created_via) as channel_hint,
    case
        when status = 'cancelled' then coalesce(date_modified_gmt, date_modified)
    end as cancelled_at
from orders
