/*
# Orders of Shopify in its three shapes: the admin REST API's and its webhooks' ({"orders": [...]},
# one {"order": ...}, an array, or one order a line), GraphQL's bulk operations (an object a line,
# those of an order with its __parentId) and the CSV that the admin exports (a line for each item,
# of which the first alone has what is the order's). The refunds in them are refunds/shopify.
reads: [json, csv]
records: [orders, order]
required: [Name, Financial Status, Total]
where: >-
    "__parentId" is null
    and (
        coalesce("Lineitem name", "Created at") is null
        or coalesce("Total", "Subtotal", "Financial Status", currency) is not null
    )
known_by:
    - [financial_status, total_price]
    - [subtotal_price, total_price]
    - [displayFinancialStatus, createdAt]
    - [Name, Financial Status, Lineitem name]
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
    __parentId: varchar
    createdAt: varchar
    processedAt: varchar
    cancelledAt: varchar
    displayFinancialStatus: varchar
    displayFulfillmentStatus: varchar
    currencyCode: varchar
    taxesIncluded: boolean
    subtotalPriceSet: &money {shopMoney: {amount: varchar, currencyCode: varchar}}
    totalPriceSet: *money
    totalDiscountsSet: *money
    totalTaxSet: *money
    totalShippingPriceSet: *money
    shippingLine: {taxLines: [{priceSet: *money}]}
    discountCodes: [varchar]
    sourceName: varchar
    Name: varchar
    Financial Status: varchar
    Fulfillment Status: varchar
    Subtotal: varchar
    Shipping: varchar
    Taxes: varchar
    Total: varchar
    Discount Code: varchar
    Discount Amount: varchar
    Created at: varchar
    Cancelled at: varchar
    Source: varchar
    Lineitem name: varchar
*/
with described as (
    select
        _file,
        _row,
        -- GraphQL names things by address: gid://shopify/Order/1. An old CSV has no number but
        -- the order's name.
        coalesce(nullif(regexp_extract(id, '^gid://.*/([0-9]+)', 1), ''), id, "Name") as id,
        coalesce(
            processed_at, created_at, "processedAt", "createdAt", "Created at"
        ) as ordered_at,
        coalesce(
            nullif(regexp_extract(customer.id, '^gid://.*/([0-9]+)', 1), ''), customer.id
        ) as customer_id,
        coalesce(nullif(email, ''), nullif(contact_email, ''), customer.email) as email,
        lower(
            coalesce(financial_status, "displayFinancialStatus", "Financial Status")
        ) as financial_status,
        lower(
            coalesce(fulfillment_status, "displayFulfillmentStatus", "Fulfillment Status")
        ) as fulfillment_status,
        coalesce(
            currency, "currencyCode", "totalPriceSet"."shopMoney"."currencyCode"
        ) as currency,
        coalesce(subtotal_price, "subtotalPriceSet"."shopMoney".amount, "Subtotal") as goods,
        coalesce(total_price, "totalPriceSet"."shopMoney".amount, "Total") as total,
        coalesce(
            total_discounts, "totalDiscountsSet"."shopMoney".amount, "Discount Amount"
        ) as discount,
        coalesce(total_tax, "totalTaxSet"."shopMoney".amount, "Taxes") as tax,
        coalesce(
            total_shipping_price_set.shop_money.amount,
            "totalShippingPriceSet"."shopMoney".amount,
            "Shipping",
            cast(
                list_sum(
                    list_transform(
                        shipping_lines, lambda line: try_cast(line.price as decimal(18, 2))
                    )
                ) as varchar
            )
        ) as shipping,
        coalesce(
            list_sum(
                list_transform(
                    list_concat(
                        flatten(list_transform(shipping_lines, lambda line: line.tax_lines)),
                        list_transform(
                            "shippingLine"."taxLines",
                            lambda line: { 'price': line."priceSet"."shopMoney".amount }
                        )
                    ),
                    lambda tax: try_cast(tax.price as decimal(18, 2))
                )
            ),
            0
        ) as shipping_tax,
        coalesce(taxes_included, "taxesIncluded", false) as is_taxed,
        "Total" is not null as is_exported,
        coalesce(discount_codes[1].code, "discountCodes"[1], "Discount Code") as coupon,
        coalesce(source_name, "sourceName", "Source") as channel_hint,
        coalesce(cancelled_at, "cancelledAt", "Cancelled at") as cancelled_at,
        coalesce(test, false) as is_test
    from delivered
),

numbers as (
    select
        *,
        try_cast(goods as decimal(18, 2)) as goods_number,
        coalesce(try_cast(tax as decimal(18, 2)), 0) as tax_number,
        coalesce(try_cast(shipping as decimal(18, 2)), 0) as shipping_number,
        try_cast(total as decimal(18, 2)) as total_number
    from described
),

-- Prices that include taxes hold those of the goods; the rest of the tax is the shipping's. The CSV
-- does not say whether they do: they do where the total is reached without the tax. Nor does it
-- tell the shipping's tax, which is then taken to be in proportion.
goods_taxed as (
    select
        *,
        case
            when is_taxed then tax_number - shipping_tax
            when is_exported and tax_number <> 0 and goods_number + shipping_number = total_number
                then round(tax_number * goods_number / nullif(total_number, 0), 2)
            else 0
        end as goods_tax
    from numbers
)

select
    _file,
    _row,
    id as order_id,
    ordered_at,
    customer_id,
    email,
    case
        when financial_status = 'voided' then 'voided'
        when financial_status = 'expired' then 'failed'
        when financial_status = 'pending' then 'pending'
        when fulfillment_status = 'fulfilled' then 'fulfilled'
        when financial_status in ('paid', 'partially_refunded', 'refunded') then 'paid'
        when financial_status in ('authorized', 'partially_paid') then 'placed'
        else financial_status
    end as status,
    case
        when goods_number is not null and goods_tax <> 0
            then cast(cast(goods_number - goods_tax as decimal(18, 2)) as varchar)
        else goods
    end as net_amount,
    total as total_amount,
    discount as discount_amount,
    tax as tax_amount,
    shipping as shipping_amount,
    currency,
    coupon,
    channel_hint,
    cancelled_at,
    is_test
from goods_taxed
