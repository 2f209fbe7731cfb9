/*
# Orders of BigCommerce as its V2 API gives them: an array, one a line, or one. What the API counts
# as incomplete was never placed. The refunds in them are refunds/bigcommerce.
reads: [json]
columns:
    id: varchar
    customer_id: varchar
    date_created: varchar
    date_modified: varchar
    status_id: varchar
    subtotal_ex_tax: varchar
    shipping_cost_ex_tax: varchar
    total_tax: varchar
    total_inc_tax: varchar
    discount_amount: varchar
    coupon_discount: varchar
    currency_code: varchar
    default_currency_code: varchar
    billing_address: {email: varchar}
    order_source: varchar
    is_deleted: varchar
*/
with orders as (
    select
        *,
        list_filter(
            [subtotal_ex_tax, discount_amount, coupon_discount],
            lambda amount: amount <> '' and try_cast(amount as decimal(18, 4)) is null
        )[1] as unreadable,
        coalesce(try_cast(discount_amount as decimal(18, 4)), 0)
        + coalesce(try_cast(coupon_discount as decimal(18, 4)), 0) as discount
    from delivered
)

select
    _file,
    _row,
    id as order_id,
    instant_of_mail(date_created) as ordered_at,
    -- Guests are customer 0, all of them.
    nullif(customer_id, '0') as customer_id,
    billing_address.email as email,
    case
        when is_deleted in ('true', '1') then 'voided'
        when status_id = '0' then 'pending'
        when status_id in ('1', '7', '12') then 'pending'
        when status_id in ('2', '10') then 'fulfilled'
        when status_id in ('3', '4', '8', '9', '11', '13', '14') then 'paid'
        when status_id = '5' then 'cancelled'
        when status_id = '6' then 'failed'
        when status_id <> '' then 'status_' || status_id
    end as status,
    coalesce(
        unreadable,
        cast(
            round(try_cast(subtotal_ex_tax as decimal(18, 4)) - discount, 2) as varchar
        )
    ) as net_amount,
    total_inc_tax as total_amount,
    cast(discount as varchar) as discount_amount,
    total_tax as tax_amount,
    shipping_cost_ex_tax as shipping_amount,
    coalesce(nullif(default_currency_code, ''), currency_code) as currency,
    order_source as channel_hint,
    case when status_id = '5' then instant_of_mail(date_modified) end as cancelled_at
from orders
