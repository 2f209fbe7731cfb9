/*
# Amazon's report of all orders: text parted by tabs, a line for each item. The marketplace names
# no person who bought: without an address of its own an order is a person of its own. Orders that
# Amazon only packs for another shop (Non-Amazon) are that shop's.
reads: [csv]
required: [amazon-order-id, purchase-date, order-status, sales-channel, item-price]
where: coalesce("sales-channel", '') not like 'Non-Amazon%'
group_by: [amazon-order-id]
columns:
    amazon-order-id: varchar
    purchase-date: varchar
    last-updated-date: varchar
    order-status: varchar
    sales-channel: varchar
    currency: varchar
    item-price: varchar
    item-tax: varchar
    shipping-price: varchar
    shipping-tax: varchar
    gift-wrap-price: varchar
    gift-wrap-tax: varchar
    item-promotion-discount: varchar
    ship-promotion-discount: varchar
    buyer-email: varchar
*/
with lines as (
    select
        *,
        -- In North America prices are without tax; elsewhere they include what is given as tax.
        lower("sales-channel") not in ('amazon.com', 'amazon.ca') as is_taxed,
        list_filter(
            [
                "item-price", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price",
                "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount"
            ],
            lambda amount: amount <> '' and try_cast(amount as decimal(18, 2)) is null
        )[1] as unreadable,
        coalesce(try_cast("item-price" as decimal(18, 2)), 0) as price,
        coalesce(try_cast("item-tax" as decimal(18, 2)), 0) as tax,
        coalesce(try_cast("shipping-price" as decimal(18, 2)), 0) as shipping,
        coalesce(try_cast("shipping-tax" as decimal(18, 2)), 0) as shipping_tax,
        coalesce(try_cast("gift-wrap-price" as decimal(18, 2)), 0) as wrapping,
        coalesce(try_cast("gift-wrap-tax" as decimal(18, 2)), 0) as wrapping_tax,
        abs(coalesce(try_cast("item-promotion-discount" as decimal(18, 2)), 0)) as discount,
        abs(coalesce(try_cast("ship-promotion-discount" as decimal(18, 2)), 0)) as off_shipping
    from delivered
),

orders as (
    select
        _file,
        min(_row) as _row,
        "amazon-order-id" as order_id,
        arg_min("purchase-date", _row) as purchased_at,
        max("last-updated-date") as updated_at,
        lower(arg_min("order-status", _row)) as status,
        lower(arg_min("sales-channel", _row)) as marketplace,
        arg_min(currency, _row) as currency,
        arg_min("buyer-email", _row) as email,
        arg_min(unreadable, _row) as unreadable,
        sum(price - discount - case when is_taxed then tax else 0 end) as goods,
        sum(
            price + shipping + wrapping - discount - off_shipping
            + case when is_taxed then 0 else tax + shipping_tax + wrapping_tax end
        ) as total,
        sum(discount) as discount,
        sum(tax + shipping_tax + wrapping_tax) as tax,
        sum(shipping - off_shipping) as shipping
    from lines
    group by _file, "amazon-order-id"
)

select
    _file,
    _row,
    order_id,
    purchased_at as ordered_at,
    'amazon:' || identifier(order_id) as anonymous_id,
    email,
    case
        when starts_with(status, 'shipped') then 'fulfilled'
        when starts_with(status, 'pending') then 'pending'
        when status in ('cancelled', 'canceled') then 'cancelled'
        when status in ('unshipped', 'partiallyshipped', 'partially shipped', 'shipping')
            then 'paid'
        else status
    end as status,
    -- What is cancelled or pending has no prices; nor has what replaces another order.
    coalesce(unreadable, cast(goods as varchar)) as net_amount,
    cast(total as varchar) as total_amount,
    cast(discount as varchar) as discount_amount,
    cast(tax as varchar) as tax_amount,
    cast(shipping as varchar) as shipping_amount,
    -- Where nothing has a price, the marketplace has a currency.
    coalesce(
        currency,
        case regexp_extract(marketplace, '^amazon[.](.+)$', 1)
            when 'co.uk' then 'GBP'
            when 'com' then 'USD'
            when 'ca' then 'CAD'
            when 'com.mx' then 'MXN'
            when 'com.br' then 'BRL'
            when 'co.jp' then 'JPY'
            when 'com.au' then 'AUD'
            when 'in' then 'INR'
            when 'se' then 'SEK'
            when 'pl' then 'PLN'
            when 'com.tr' then 'TRY'
            when 'ae' then 'AED'
            when 'sa' then 'SAR'
            when 'sg' then 'SGD'
            when 'de' then 'EUR'
            when 'fr' then 'EUR'
            when 'it' then 'EUR'
            when 'es' then 'EUR'
            when 'nl' then 'EUR'
            when 'ie' then 'EUR'
            when 'com.be' then 'EUR'
        end
    ) as currency,
    marketplace as channel_hint,
    case when status in ('cancelled', 'canceled') then updated_at end as cancelled_at
from orders
