/*
# The refunds in Shopify's orders JSON (orders/shopify), or refunds by themselves:
# {"refunds": [...]}, one {"refund": ...}. What was paid back counts; a refund whose payment is
# not told counts what the lines taken back cost.
reads: [json]
records: [orders, order, refunds, refund]
rows: several
columns:
    id: varchar
    order_id: varchar
    currency: varchar
    created_at: varchar
    processed_at: varchar
    refunds: json
    refund_line_items: json
    transactions: json
*/
with told as (
    select
        _file,
        _row,
        id as order_id,
        currency,
        unnest(
            from_json(
                refunds,
                '[{"id": "VARCHAR", "created_at": "VARCHAR", "processed_at": "VARCHAR",
                "refund_line_items": [{"subtotal": "VARCHAR"}],
                "transactions": [{"kind": "VARCHAR", "status": "VARCHAR", "amount": "VARCHAR",
                "currency": "VARCHAR"}]}]'
            )
        ) as refund
    from delivered
    where refunds is not null

    union all

    select
        _file,
        _row,
        order_id,
        currency,
        {
            'id': id,
            'created_at': created_at,
            'processed_at': processed_at,
            'refund_line_items': from_json(refund_line_items, '[{"subtotal": "VARCHAR"}]'),
            'transactions': from_json(
                transactions,
                '[{"kind": "VARCHAR", "status": "VARCHAR", "amount": "VARCHAR",
                "currency": "VARCHAR"}]'
            )
        } as refund
    from delivered
    where refunds is null and (refund_line_items is not null or transactions is not null)
),

paid as (
    select
        *,
        list_filter(
            refund.transactions,
            lambda payment: payment.kind = 'refund' and payment.status = 'success'
        ) as payments
    from told
),

counted as (
    select
        *,
        case
            when len(payments) > 0 then list_transform(payments, lambda payment: payment.amount)
            when len(refund.refund_line_items) > 0
                then list_transform(refund.refund_line_items, lambda line: line.subtotal)
            when len(refund.transactions) = 0 and len(refund.refund_line_items) = 0 then ['0']
        end as amounts
    from paid
),

judged as (
    select
        *,
        list_filter(
            amounts, lambda amount: try_cast(amount as decimal(18, 2)) is null
        ) as unreadable
    from counted
)

select
    _file,
    _row,
    refund.id as refund_id,
    order_id,
    coalesce(refund.processed_at, refund.created_at) as refunded_at,
    -- A part that cannot be read is passed on as it is, so that the row is quarantined for it.
    case
        when len(unreadable) > 0 then unreadable[1]
        else cast(
            list_sum(
                list_transform(amounts, lambda amount: cast(amount as decimal(18, 2)))
            ) as varchar
        )
    end as amount,
    coalesce(payments[1].currency, currency) as currency
from judged
