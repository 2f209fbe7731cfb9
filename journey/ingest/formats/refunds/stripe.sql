/*
# Stripe's refunds: the API's objects (a list, one a line, or one), those in its charges where they
# are expanded, or the sums that the dashboard's CSV of payments gives. A charge that says how much
# was refunded and not when is quarantined: deliver the refunds themselves. A refund that failed,
# was canceled or is pending is nothing, so that a later success restates it.
reads: [json, csv]
records: [data]
rows: several
required: [id, amount, currency, status]
payments: true
known_by:
    - [amount, charge]
    - [amount_refunded]
    - [Created date (UTC), Amount Refunded]
    - [Created (UTC), Amount Refunded]
columns:
    id: varchar
    created: varchar
    amount: varchar
    amount_refunded: varchar
    currency: varchar
    status: varchar
    charge: json
    refunds:
        data: [{id: varchar, created: varchar, amount: varchar, currency: varchar, status: varchar}]
    Amount Refunded: varchar
    Refunded date (UTC): varchar
    Created date (UTC): varchar
    Created (UTC): varchar
*/
with delivered as (
    -- refunds by themselves
    select
        _file,
        _row,
        id as refund_id,
        coalesce(
            charge ->> '$.id', case when not starts_with(charge, '{') then charge ->> '$' end
        ) as order_id,
        instant_of_epoch(created) as refunded_at,
        of_smallest_unit(amount, currency) as amount,
        currency,
        status
    from delivered
    where charge is not null

    union all

    -- refunds in their charges
    select
        _file,
        _row,
        refund.id as refund_id,
        order_id,
        instant_of_epoch(refund.created) as refunded_at,
        of_smallest_unit(refund.amount, coalesce(refund.currency, currency)) as amount,
        coalesce(refund.currency, currency) as currency,
        refund.status
    from (
        select
            _file,
            _row,
            id as order_id,
            currency,
            unnest(refunds.data) as refund
        from delivered
        where charge is null
    ) as of_charges

    union all

    -- sums of payments
    select
        _file,
        _row,
        id || ':refunded' as refund_id,
        id as order_id,
        "Refunded date (UTC)" as refunded_at,
        coalesce("Amount Refunded", of_smallest_unit(amount_refunded, currency)) as amount,
        currency,
        'succeeded' as status
    from delivered
    where
        charge is null
        and coalesce(len(refunds.data), 0) = 0
        and coalesce(
            try_cast(coalesce("Amount Refunded", amount_refunded) as decimal(18, 2)) <> 0,
            coalesce("Amount Refunded", amount_refunded) is not null
        )
)

select
    _file,
    _row,
    refund_id,
    order_id,
    refunded_at,
    case when status = 'succeeded' then amount else '0' end as amount,
    null as net_amount,
    currency
from delivered
