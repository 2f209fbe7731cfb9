/*
# Square's orders as its API gives them: {"orders": [...]}, one {"order": ...}, one a line, or one.
# Amounts are in the smallest unit of their currency. A draft is no order yet.
reads: [json]
records: [orders, order]
columns:
    id: varchar
    state: varchar
    created_at: varchar
    updated_at: varchar
    closed_at: varchar
    customer_id: varchar
    source: {name: varchar}
    metadata: {customer_id: varchar, user_id: varchar}
    total_money: &money {amount: varchar, currency: varchar}
    total_tax_money: *money
    total_discount_money: *money
    total_tip_money: *money
    total_service_charge_money: *money
    discounts: [{name: varchar}]
    fulfillments:
        - shipment_details: &recipient {recipient: {email_address: varchar}}
          pickup_details: *recipient
          delivery_details: *recipient
*/
with orders as (
    select
        *,
        total_money.currency as currency,
        fulfillments[1] as fulfillment,
        list_transform(
            [total_tax_money, total_tip_money, total_service_charge_money],
            lambda part: coalesce(part.amount, '0')
        ) as beside_goods
    from delivered
),

counted as (
    select
        *,
        -- A part that cannot be read is passed on as it is, so that the row is quarantined for it.
        list_filter(
            list_prepend(total_money.amount, beside_goods),
            lambda amount: amount is not null and try_cast(amount as decimal(15, 0)) is null
        )[1] as unreadable,
        try_cast(total_money.amount as decimal(15, 0)) - list_sum(
            list_transform(beside_goods, lambda amount: try_cast(amount as decimal(15, 0)))
        ) as goods
    from orders
)

select
    _file,
    _row,
    id as order_id,
    created_at as ordered_at,
    coalesce(identifier(metadata.customer_id), identifier(metadata.user_id)) as customer_id,
    'square:' || identifier(customer_id) as anonymous_id,
    coalesce(
        nullif(fulfillment.shipment_details.recipient.email_address, ''),
        nullif(fulfillment.delivery_details.recipient.email_address, ''),
        fulfillment.pickup_details.recipient.email_address
    ) as email,
    case state
        when 'COMPLETED' then 'fulfilled'
        when 'CANCELED' then 'cancelled'
        when 'DRAFT' then 'pending'
        when 'OPEN' then 'placed'
        else state
    end as status,
    coalesce(unreadable, of_smallest_unit(cast(goods as varchar), currency)) as net_amount,
    of_smallest_unit(total_money.amount, currency) as total_amount,
    of_smallest_unit(total_discount_money.amount, currency) as discount_amount,
    of_smallest_unit(total_tax_money.amount, currency) as tax_amount,
    currency,
    discounts[1].name as coupon,
    source.name as channel_hint,
    case when state = 'CANCELED' then coalesce(closed_at, updated_at) end as cancelled_at
from counted
