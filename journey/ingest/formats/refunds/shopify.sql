/*
# The refunds in Shopify's orders (orders/shopify, in any of their shapes), or refunds by
# themselves: {"refunds": [...]}, one {"refund": ...}. What was paid back counts; a refund without
# any payment counts what the lines taken back cost, taxes included. GraphQL and the CSV tell only
# sums: the CSV one an order, and not when, so that it is taken to be of the order's last date.
reads: [json, csv]
records: [orders, order, refunds, refund]
rows: several
required: [Name, Refunded Amount]
known_by:
    - [refunds, total_price]
    - [refund_line_items]
    - [refunds, displayFinancialStatus]
    - [refunds.totalRefundedSet, currencyCode]
    - [Name, Refunded Amount, Lineitem name]
columns:
    id: varchar
    order_id: varchar
    currency: varchar
    taxes_included: boolean
    created_at: varchar
    processed_at: varchar
    refunds:
        - id: varchar
          created_at: varchar
          processed_at: varchar
          refund_line_items: &lines [{subtotal: varchar, total_tax: varchar}]
          transactions: &payments
              [{kind: varchar, status: varchar, amount: varchar, currency: varchar}]
          createdAt: varchar
          totalRefundedSet: {shopMoney: {amount: varchar, currencyCode: varchar}}
    refund_line_items: *lines
    transactions: *payments
    currencyCode: varchar
    Name: varchar
    Refunded Amount: varchar
    Created at: varchar
    Paid at: varchar
    Fulfilled at: varchar
    Cancelled at: varchar
*/
with sums as (
    select
        _file,
        _row,
        coalesce(id, "Name") || ':refunded' as refund_id,
        coalesce(id, "Name") as order_id,
        coalesce(
            cast(
                list_max(
                    list_transform(
                        ["Created at", "Paid at", "Fulfilled at", "Cancelled at"],
                        lambda given: instant_of_text(given)
                    )
                ) as varchar
            ),
            "Created at"
        ) as refunded_at,
        "Refunded Amount" as amount,
        currency
    from delivered
    where
        coalesce(
            try_cast("Refunded Amount" as decimal(18, 2)) <> 0, "Refunded Amount" is not null
        )
),

delivered as (
    select
        _file,
        _row,
        id as order_id,
        coalesce(currency, "currencyCode") as currency,
        taxes_included,
        unnest(refunds) as refund
    from delivered
    where refunds is not null

    union all

    select
        _file,
        _row,
        order_id,
        currency,
        taxes_included,
        {
            'id': id,
            'created_at': created_at,
            'processed_at': processed_at,
            'refund_line_items': refund_line_items,
            'transactions': transactions,
            'createdAt': null,
            'totalRefundedSet': null
        } as refund
    from delivered
    where
        refunds is null
        and (
            refund_line_items is not null or transactions is not null or order_id is not null
        )
),

paid as (
    select
        *,
        list_filter(
            refund.transactions, lambda payment: lower(payment.kind) = 'refund'
        ) as payments,
        list_filter(
            refund.transactions,
            lambda payment: lower(payment.kind) = 'refund' and lower(payment.status) = 'success'
        ) as succeeded
    from delivered
),

-- Money was paid back, or lines were taken off before any was paid. A refund whose payment failed
-- or is pending is none: nothing, so that a later success restates it.
counted as (
    select
        *,
        case
            when refund."totalRefundedSet"."shopMoney".amount is not null
                then [refund."totalRefundedSet"."shopMoney".amount]
            when len(succeeded) > 0 then list_transform(succeeded, lambda payment: payment.amount)
            when len(payments) > 0 then ['0']
            when len(refund.refund_line_items) > 0 then list_concat(
                list_transform(refund.refund_line_items, lambda line: line.subtotal),
                case
                    when taxes_included then []
                    else list_transform(
                        refund.refund_line_items, lambda line: coalesce(line.total_tax, '0')
                    )
                end
            )
            when len(refund.transactions) = 0 and len(refund.refund_line_items) = 0 then ['0']
        end as amounts,
        -- Lines are priced in the currency of the order.
        case
            when len(payments) > 0 and len(succeeded) = 0 then null
            when len(refund.refund_line_items) > 0
                and coalesce(succeeded[1].currency, currency, '') = coalesce(currency, '')
                then list_sum(
                    list_transform(
                        refund.refund_line_items,
                        lambda line: coalesce(try_cast(line.subtotal as decimal(18, 2)), 0)
                        - case
                            when taxes_included
                                then coalesce(try_cast(line.total_tax as decimal(18, 2)), 0)
                            else 0
                        end
                    )
                )
        end as line_amount,
        list_sum(
            list_transform(
                refund.refund_line_items,
                lambda line: coalesce(try_cast(line.total_tax as decimal(18, 2)), 0)
            )
        ) as line_tax,
        len(
            list_filter(
                refund.refund_line_items,
                lambda line: try_cast(line.subtotal as decimal(18, 2)) is null
                or try_cast(coalesce(line.total_tax, '0') as decimal(18, 2)) is null
            )
        ) = 0 as are_lines_readable
    from paid
),

judged as (
    select
        *,
        list_filter(
            amounts, lambda amount: try_cast(amount as decimal(18, 2)) is null
        ) as unreadable,
        len(list_distinct(list_transform(succeeded, lambda payment: payment.currency)))
        > 1 as is_mixed
    from counted
),

summed as (
    select
        *,
        -- A part that cannot be read is passed on as it is, so that the row is quarantined for it.
        case
            when is_mixed then 'several currencies'
            when len(unreadable) > 0 then unreadable[1]
            else cast(
                list_sum(
                    list_transform(amounts, lambda amount: try_cast(amount as decimal(18, 2)))
                ) as varchar
            )
        end as amount
    from judged
)

select
    _file,
    _row,
    coalesce(
        nullif(regexp_extract(refund.id, '^gid://.*/([0-9]+)', 1), ''), refund.id
    ) as refund_id,
    coalesce(nullif(regexp_extract(order_id, '^gid://.*/([0-9]+)', 1), ''), order_id) as order_id,
    coalesce(refund.processed_at, refund.created_at, refund."createdAt") as refunded_at,
    amount,
    -- Where less was paid back than the lines with their tax, its goods' share is the order's.
    case
        when are_lines_readable
            and line_amount + line_tax <= try_cast(amount as decimal(18, 2))
            then cast(line_amount as varchar)
    end as net_amount,
    coalesce(
        succeeded[1].currency, refund."totalRefundedSet"."shopMoney"."currencyCode", currency
    ) as currency
from summed

union all

select
    _file,
    _row,
    refund_id,
    order_id,
    refunded_at,
    amount,
    null as net_amount,
    currency
from sums
